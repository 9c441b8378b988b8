/*
 * Rows of the audit log: who did what to whom, from where, and what is different since.
 */
import { make } from "./dom.js";
import { _, format, when } from "./words.js";

const UNTOLD = ["username", "uid", "detail", "awake_since"]; // beside the row, or nobody's business
const TIME = /^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

function shown(value) {
    if (value === null || value === undefined || value === "")
        return "–";
    if (TIME.test(value))
        return when(value);
    return Array.isArray(value) ? value.join(", ") : String(value);
}

/* "roles: member → member, auditor", a line for each fact that is not as it was; and what was said of it. */
function differences(row) {
    const before = row.before || {};
    const after = row.after || {};
    const keys = Object.keys({ ...before, ...after }).filter(key => !UNTOLD.includes(key));
    const changed = row.before && row.after ? keys.filter(key => shown(before[key]) !== shown(after[key])) : [];

    return [
        ...changed.map(key => make("div", {}, key.replaceAll("_", " ") + ": ", make("bdi", {}, shown(before[key])), " → ", make("bdi", {}, shown(after[key])))),
        after.detail ? make("div", {}, make("bdi", {}, shown(after.detail))) : null,
    ];
}

function actor(row) {
    return [make("bdi", {}, row.actor), row.via && row.via !== row.actor ? make("div", { class: "quiet" }, format(_("via $0"), row.via)) : null];
}

const COLUMNS = [
    { title: () => _("When"), cell: row => when(row.at, "") },
    { title: () => _("Event"), cell: row => row.event },
    { title: () => _("User"), cell: row => row.username ? make("bdi", {}, row.username) : "" },
    { title: () => _("By"), cell: actor },
    { title: () => _("From"), cell: row => make("bdi", { class: "break" }, row.origin || "") },
    { title: () => _("What changed"), cell: row => make("div", { class: "break" }, differences(row)) },
];

/* The newest first. Without whose it is where all rows are one account's. */
export function auditTable(rows, { ofOne = false } = {}) {
    const columns = COLUMNS.filter(column => !ofOne || column.title() !== _("User"));

    return make("table", { class: "table", "aria-label": _("Audit log") },
                make("thead", {}, make("tr", {}, columns.map(column => make("th", { scope: "col" }, column.title())))),
                make("tbody", {}, [...rows].reverse().map(line)));

    function line(row) {
        return make("tr", { "data-id": row.id }, columns.map(column => make("td", { "data-label": column.title() }, column.cell(row))));
    }
}
