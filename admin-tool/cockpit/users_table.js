/*
 * The table of users: what each column shows and by what the tool can sort it.
 */
import { lastLogin, roleLabels, statusLabels } from "./facts.js";
import { make } from "./dom.js";
import { kebab } from "./menu.js";
import { _, format } from "./words.js";

const COLUMNS = [
    { title: () => _("Username"), sort: "username", cell: one => make("a", { href: "#/" + one.username, "data-focus": "name-" + one.uid }, one.username) },
    { title: () => _("Full name"), sort: "full_name", cell: one => make("bdi", {}, one.full_name) },
    { title: () => _("Email"), sort: "email", cell: one => make("bdi", { class: "break" }, one.email || "") },
    { title: () => _("Roles"), sort: "roles", cell: roleLabels },
    { title: () => _("Last login"), sort: "last_login_day", cell: lastLogin },
    { title: () => _("Status"), sort: "status", cell: statusLabels },
];

/* A sorted column says so to screen readers too; the next press turns the order round. */
function heading(column, state, sortBy) {
    const sorted = state.sort === column.sort;
    const arrow = sorted ? (state.reverse ? "↓" : "↑") : "↕";

    return make("th", { scope: "col", "aria-sort": sorted ? (state.reverse ? "descending" : "ascending") : null },
                make("button", { type: "button", class: "sort", "data-focus": "sort-" + column.sort, onclick: () => sortBy(column.sort) },
                     column.title(), make("span", { "aria-hidden": "true", class: "arrow" }, " " + arrow)));
}

function tick(one, chosen, choose) {
    return make("td", { class: "tick" }, make("input", {
        type: "checkbox", checked: chosen.has(one.username), "data-focus": "tick-" + one.uid, "aria-label": format(_("Select $0"), one.username),
        onchange: event => choose(one.username, event.target.checked),
    }));
}

function row(one, state, actions) {
    return make("tr", { "data-uid": one.uid },
                actions.chosen ? tick(one, actions.chosen, actions.choose) : null,
                COLUMNS.map(column => make("td", { "data-label": column.title() }, column.cell(one))),
                actions.menu ? make("td", { class: "last" }, kebab(format(_("Actions for $0"), one.username), "menu-" + one.uid, () => actions.menu(one))) : null);
}

/* actions: { sortBy, chosen, choose, chooseAll, menu }; without chosen and menu it is a table to read. */
export function usersTable(accounts, state, actions) {
    const all = actions.chosen && accounts.length > 0 && accounts.every(one => actions.chosen.has(one.username));

    return make("table", { class: "table", "aria-label": _("Users") },
                make("thead", {}, make("tr", {},
                    actions.chosen ? make("td", { class: "tick" }, make("input", {
                        type: "checkbox", checked: all, "data-focus": "tick-all", "aria-label": _("Select all on this page"),
                        onchange: event => actions.chooseAll(event.target.checked),
                    })) : null,
                    COLUMNS.map(column => heading(column, state, actions.sortBy)),
                    actions.menu ? make("td", {}) : null)),
                make("tbody", {}, accounts.map(one => row(one, state, actions))));
}
