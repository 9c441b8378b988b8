/*
 * The view of the audit log: filters, page by page into the past, and whether it is whole.
 */
import { auditTable } from "./audit_rows.js";
import { makeField } from "./dialog.js";
import { button, fill, make } from "./dom.js";
import { box, cannot } from "./notice.js";
import { latest, tool } from "./tool.js";
import { _, format, number, plural } from "./words.js";

const ROWS = 50;
const NAME = /^[a-z_][a-z0-9_.-]{0,31}$/;
const ORIGIN = /^[0-9A-Za-z/:][0-9A-Za-z.:/-]*$/; // as sudo's rule for Auditors has it
const EVENTS = ["create", "import", "take-over", "edit", "edit-roles", "rename", "suspend", "activate", "reset-password", "password changed", "password set",
    "require-change", "unlock", "key-add", "key-remove", "delete", "to-passwd", "policy", "repair", "restore", "audit-prune",
    "fleet-join", "fleet-leave", "fleet-accept", "fleet-resync", "fleet-latch", "move-to-fleet", "fleet-add-host", "fleet-remove-host"];

function filterFields() {
    return [
        makeField({ name: "user", label: _("User") }),
        makeField({ name: "actor", label: _("By") }),
        makeField({ name: "origin", label: _("From") }),
        makeField({ name: "event", type: "select", label: _("Event"), choices: [["", _("All")], ...EVENTS.map(event => [event, event])] }),
        makeField({ name: "since", type: "date", label: _("From date") }),
        makeField({ name: "until", type: "date", label: _("To date") }),
    ];
}

/* Options, or null where a field holds what cannot be: that is said there, and sudo is not asked what it would refuse. */
function optionsOf(fields) {
    const values = Object.fromEntries(fields.map(field => [field.name, field.read().trim()]));
    const faults = {
        user: NAME.test(values.user) ? "" : _("This is not a valid username"),
        actor: NAME.test(values.actor) ? "" : _("This is not a valid username"),
        origin: ORIGIN.test(values.origin) ? "" : _("Enter an address or a terminal as the log shows it"),
    };
    const faultOf = field => values[field.name] === "" ? "" : faults[field.name] || "";

    fields.forEach(field => field.complain(faultOf(field)));
    if (values.until !== "")
        values.until += " 23:59:59";
    return fields.some(faultOf) ? null : Object.entries(values).filter(([, value]) => value !== "").map(([name, value]) => "--" + name + "=" + value);
}

async function verify(place) {
    fill(place, make("p", { class: "quiet" }, _("Checking every entry …")));
    try {
        const { rows, hash, id } = await tool(["audit", "--verify"]);
        fill(place, box("success", plural("The log is complete: $0 entry.", "The log is complete: $0 entries.", rows),
                        [format(_("The last entry is $0, with the hash $1. Compare it with the hash in the system log."), number(id), hash || "–")]));
    } catch (refusal) {
        cannot(place, refusal);
    }
}

export function showAudit(place) {
    const ask = latest();
    const fields = filterFields();
    const table = make("div", { class: "scroll" }, make("p", { class: "empty" }, _("Loading …")));
    const pages = make("div", {});
    const verdict = make("div", { class: "inside", role: "status" });
    let timer = null;

    async function show(before) {
        const options = optionsOf(fields);
        if (options === null)
            return;
        try {
            const rows = await ask(() => tool(["audit", ...options, ...(before ? ["--before=" + before] : []), "--lines=" + ROWS]));
            if (!rows)
                return;
            fill(table, rows.length === 0 ? make("p", { class: "empty" }, _("No matching entries.")) : auditTable(rows));
            fill(pages, make("div", { class: "pager" },
                             button(_("Newest"), "link", () => show(null), { disabled: !before, "data-focus": "newest" }),
                             button(_("Older"), "link", () => show(Math.min(...rows.map(row => row.id))), { disabled: rows.length < ROWS, "data-focus": "older" })));
        } catch (refusal) {
            fill(pages);
            cannot(table, refusal, refusal.field === "username" ? null : () => show(before));
        }
    }
    function soon() {
        clearTimeout(timer);
        timer = setTimeout(() => show(null), 300);
    }
    fill(place, make("section", { class: "card" },
                     make("div", { class: "toolbar head" }, make("h1", {}, _("Audit log")), make("span", { class: "spacer" }),
                          button(_("Verify"), "secondary", () => verify(verdict))),
                     verdict, make("div", { class: "filters", oninput: soon }, fields.map(field => field.row)), table, pages));
    show(null);
    return () => clearTimeout(timer);
}
