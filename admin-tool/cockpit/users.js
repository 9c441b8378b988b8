/*
 * The view of the users: what is looked for, in what order and which part is the tool's to find; the page holds the 50
 * rows that it shows.
 */
import { activate, requireChange, suspend } from "./access.js";
import { entriesFor } from "./actions.js";
import { button, fill, make, refocus } from "./dom.js";
import { importUsers } from "./import.js";
import { whenClosed } from "./menu.js";
import { newUser } from "./newcomer.js";
import { cannot } from "./notice.js";
import { latest, tool, watch } from "./tool.js";
import { usersTable } from "./users_table.js";
import { _, format, number, plural, roleWord, statusWord } from "./words.js";

const ROWS = 50;
const TYPING = 250; // ms until what is typed is looked for
const PLAIN_TEXT = /^[A-Za-z0-9_@.][A-Za-z0-9_@.+-]*$/; // what the Auditors' rule for sudo lets through

const state = { text: "", status: "", role: "", sort: "username", reverse: false, page: 0 };

function wish() {
    return [state.status && "--status=" + state.status, state.role && "--role=" + state.role].filter(Boolean);
}

async function find() {
    const names = state.text.trim() === "" ? [] : [state.text.trim()];
    const order = ["--sort=" + state.sort, ...(state.reverse ? ["--reverse"] : [])];
    const [accounts, count] = await Promise.all([
        tool(["users", "list", ...wish(), ...order, "--limit=" + ROWS, "--offset=" + state.page * ROWS], { names }),
        tool(["users", "count", ...wish()], { names }),
    ]);
    return { accounts, total: count.total };
}

function choice(title, key, choices, changed) {
    return make("label", { class: "choice" }, make("span", {}, title),
                make("select", { "data-focus": "choice-" + key, onchange: event => changed({ [key]: event.target.value }) },
                     make("option", { value: "" }, _("All")),
                     choices.map(([value, text]) => make("option", { value, selected: state[key] === value }, text))));
}

function searchField(changed) {
    let timer = null;
    return make("input", {
        type: "search", class: "search", value: state.text, placeholder: _("Search for name or email"), "aria-label": _("Search for name or email"),
        oninput: event => {
            clearTimeout(timer);
            timer = setTimeout(() => changed({ text: event.target.value }), TYPING);
        },
    });
}

/* "1 - 50 of 1,234", and the ways to the pages beside this one. */
function pager(total, shown, changed) {
    const first = state.page * ROWS;
    const arrow = (text, name, to, off) => button(text, "plain", () => changed({ page: to }), { "aria-label": name, disabled: off, "data-focus": "page-" + name });

    return make("div", { class: "pager" },
                total === 0 ? make("div", { class: "unseen" }, nobody()) : make("span", {}, format(_("$0 - $1 of $2"), number(first + 1), number(first + shown), number(total))),
                arrow("‹", _("Previous page"), state.page - 1, state.page === 0),
                arrow("›", _("Next page"), state.page + 1, first + shown >= total));
}

function toolbar(changed, extra) {
    return make("div", { class: "toolbar head" }, make("h1", {}, _("Users")), make("span", { class: "spacer" }), searchField(changed),
                choice(_("Status"), "status", ["active", "suspended", "expired", "dormant"].map(one => [one, statusWord(one)]), changed),
                choice(_("Role"), "role", ["admin", "auditor"].map(one => [one, roleWord(one)]), changed),
                extra);
}

function nobody() {
    const narrowed = state.text !== "" || state.status !== "" || state.role !== "";
    return make("p", { class: "empty" }, narrowed ? _("No matching users.") : _("There are no users yet."));
}

/* What an Auditor looks for goes through sudo's rule, which knows plain words alone. */
function mayAsk(who, place) {
    if (who.kind !== "auditor" || state.text.trim() === "" || PLAIN_TEXT.test(state.text.trim()))
        return true;
    fill(place, make("p", { class: "empty" }, _("Auditors can search for one word of letters, digits and _ @ . + - only.")));
    return false;
}

/* What can be done with several at once; nothing is shown while none is chosen. */
function chosenBar(chosen, done) {
    const act = (text, key, change) => button(text, "secondary", async () => {
        if (await change([...chosen]) !== null)
            done();
    }, { "data-focus": "chosen-" + key });

    return make("div", { class: "toolbar chosen" }, make("span", {}, plural("$0 selected", "$0 selected", chosen.size)),
                act(_("Suspend"), "suspend", suspend), act(_("Activate"), "activate", activate), act(_("Require password change"), "change", requireChange));
}

/* What an Admin has beside a table to read. */
function adminParts(chosen, bar, refresh, redraw) {
    function done() {
        chosen.clear();
        redraw();
        refresh();
    }
    return {
        chosen,
        choose: (name, on) => { if (on) chosen.add(name); else chosen.delete(name); redraw() },
        menu: one => entriesFor(one, "menu-" + one.uid, done),
        drawBar: () => fill(bar, chosen.size === 0 ? null : chosenBar(chosen, done)),
    };
}

/* Shows it, until the function that it returns is called. */
export function showUsers(place, who) {
    const ask = latest();
    const chosen = new Set();
    const bar = make("div", { class: "bar" });
    const table = make("div", { class: "scroll" }, make("p", { class: "empty" }, _("Loading …")));
    const pages = make("div", { role: "status" });
    const admin = who.kind === "admin" ? adminParts(chosen, bar, () => refresh(), () => draw()) : null;
    let found = null;

    function changed(what) {
        chosen.clear();
        Object.assign(state, { page: 0 }, what);
        return refresh();
    }
    function sortBy(sort) {
        changed({ sort, reverse: state.sort === sort && !state.reverse });
    }
    function chooseAll(on) {
        found.accounts.forEach(one => on ? chosen.add(one.username) : chosen.delete(one.username));
        draw();
    }
    function draw() {
        fill(table, found.accounts.length === 0 ? nobody() : usersTable(found.accounts, state, { sortBy, chooseAll, ...admin }));
        const now = pager(found.total, found.accounts.length, changed);
        if (now.textContent !== pages.textContent) // it is read out
            fill(pages, now);
        if (admin)
            admin.drawBar();
    }
    async function refresh() {
        if (!mayAsk(who, table)) {
            fill(pages);
            await ask(() => undefined); // what is on its way is not shown any more
            return;
        }
        try {
            const now = await ask(find);
            if (!now)
                return;
            found = now;
            if (found.accounts.length === 0 && state.page > 0)
                await changed({ page: 0 });
            else
                whenClosed(draw);
        } catch (refusal) {
            fill(pages);
            cannot(table, refusal, refresh);
        }
    }
    async function create() {
        const name = await newUser("new-user");
        if (name !== null)
            await refresh();
        refocus("new-user");
    }
    async function load() {
        if (await importUsers("import"))
            await refresh();
        refocus("import");
    }
    const buttons = admin ? [button(_("Import"), "secondary", load, { "data-focus": "import" }), button(_("New user"), "primary", create, { "data-focus": "new-user" })] : null;
    fill(place, make("section", { class: "card" }, toolbar(changed, buttons), bar, table, pages));
    refresh();
    const others = () => { if (!document.hidden) refresh() };
    const unwatch = watch(others);
    window.addEventListener("focus", others);
    return () => {
        unwatch();
        window.removeEventListener("focus", others);
    };
}
