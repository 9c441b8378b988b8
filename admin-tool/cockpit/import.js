/*
 * Many users at once, from a CSV file: what is wrong with it is told line by line and nothing is made; then what would be
 * made; then it is made, and the temporary passwords can be had once, as a file.
 */
import { ask } from "./dialog.js";
import { button, fill, make } from "./dom.js";
import { showOnce } from "./hand_over.js";
import { box, tellOutcome } from "./notice.js";
import { tool } from "./tool.js";
import { _, format, number, plural } from "./words.js";

const LARGEST = 16 * 1024 * 1024; // bytes

/* As a spreadsheet wants it: what it would take for a formula begins with an apostrophe. */
function cell(value) {
    const text = value === null ? "" : String(value);
    return '"' + (/^[=+\-@\t]/.test(text) ? "'" + text : text).replaceAll('"', '""') + '"';
}

function csvOf(rows) {
    const keys = ["username", "email", "temporary_password", "expires_at"];
    return [keys, ...rows.map(row => keys.map(key => row[key]))].map(line => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

function download(rows) {
    const address = URL.createObjectURL(new Blob([csvOf(rows)], { type: "text/csv" }));
    const link = make("a", { href: address, download: "passwords.csv" });

    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const showPasswords = (rows, opener) => showOnce(
    plural("$0 user imported", "$0 users imported", rows.length),
    _("Their temporary passwords can be downloaded only now. Anyone who has the file can log in as these users until the passwords are changed. Pass the passwords on, then delete the file."),
    null, opener, close => [button(_("Download passwords"), "primary", () => download(rows)), button(_("Close"), "link", close)]);

/* Each bad line. */
const faults = refusal => make("ul", { class: "faults" }, refusal.notes.map(note => make("li", {}, make("bdi", {}, note))));

const importWords = values => ["users", "import", ...(values.existing ? ["--skip-existing"] : [])];

/* What the file would do, asked again whenever the file or what is wanted of it is another. */
function rehearsal(place) {
    let last = null;
    let good = false;

    async function look(values, text, wanted) {
        try {
            const answer = await tool([...importWords(values), "--yes", "--dry-run"], { names: ["-"], input: text });
            good = wanted === last;
            return [make("pre", { class: "mono secret" }, [...answer.said, ...answer.notes].join("\n"))];
        } catch (refusal) {
            return [box("danger", refusal.message), faults(refusal)];
        }
    }
    return {
        isGood: () => good,
        of: async (values, changed) => {
            const wanted = values.file ? [values.file.name, values.file.size, values.file.lastModified, values.existing].join() : null;
            if (wanted === last)
                return;
            last = wanted;
            good = false;
            fill(place, wanted && make("p", { class: "quiet" }, _("Checking every line …")));
            const shown = !wanted ? [] : values.file.size > LARGEST ? [box("danger", _("The file is too large."))] : await look(values, await values.file.text(), wanted);
            if (wanted === last) {
                fill(place, shown);
                changed();
            }
        },
    };
}

/* "admin-tool: 12 of 500 homes made", as the tool says it of what takes long. */
function showProgress(place, text) {
    const [, done, total, what] = text.match(/^admin-tool: (\d+) of (\d+) (.*)$/m) || [];
    const words = { "passwords made": _("$0 of $1 passwords generated"), "homes made": _("$0 of $1 home directories created") };

    if (what === undefined)
        return;
    fill(place, make("p", {}, format(words[what] || "$0 / $1", number(done), number(total))),
         make("progress", { max: total, value: Number(done), "aria-label": _("Import") }));
}

async function load(values, place) {
    const text = await values.file.text();

    fill(place, make("p", {}, _("Importing …")), make("progress", { "aria-label": _("Import") }));
    try {
        return await tool([...importWords(values), "--yes", "--progress"], { names: ["-"], input: text, told: part => showProgress(place, part) });
    } catch (refusal) {
        fill(place, faults(refusal));
        throw refusal;
    }
}

export async function importUsers(opener) {
    const place = make("div", { role: "status", class: "foreseen" });
    const plan = rehearsal(place);
    let recheck = () => null;
    const answer = await ask({
        title: _("Import users"), wide: true,
        text: make("p", {}, _("A CSV file whose first line names the columns: username and email, and optionally full_name, roles (separated by semicolons), expires and ssh_keys.")),
        fields: [
            { name: "file", type: "file", label: _("File"), accept: ".csv,.tsv,.txt,text/csv", required: true },
            { name: "existing", type: "checkbox", label: _("Skip users who already have an account") },
        ],
        below: place,
        action: _("Import"),
        ready: () => plan.isGood(),
        change: (values, made, check) => { recheck = check; plan.of(values, () => recheck()) },
        run: values => load(values, place),
    });
    if (answer === null)
        return false;
    if (Array.isArray(answer) && answer.length > 0)
        await showPasswords(answer, opener);
    else
        tellOutcome({ username: _("Imported"), ...(Array.isArray(answer) ? {} : answer) });
    return true;
}
