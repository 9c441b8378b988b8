/*
 * One account: its facts, keys, locks, what keeps her out, and what was done with it; each part comes when it is known.
 */
import { entriesFor } from "./actions.js";
import { auditTable } from "./audit_rows.js";
import { fill, make } from "./dom.js";
import { lastLogin, roleLabels, statusLabels } from "./facts.js";
import { showKeys } from "./keys.js";
import { kebab, whenClosed } from "./menu.js";
import { box, cannot } from "./notice.js";
import { latest, tool, watch } from "./tool.js";
import { showWays } from "./ways.js";
import { _, format, plural, when } from "./words.js";

const NAME = /^[a-z_][a-z0-9_.-]{0,31}$/;
const ROWS = 10;

const fact = (title, ...value) => [make("dt", {}, title), make("dd", {}, value)];

function lockLines(account) {
    if (account.locks === null)
        return _("Unknown: the log of login attempts is not available");
    return account.locks.map(lock => make("div", {}, format(_("until $0, from $1 (failures: $2)"), when(lock.until), lock.origin || _("anywhere"), lock.failures)));
}

function suspension(account) {
    const at = when(account.suspended_at, "");

    return [account.suspended_by ? format(_("$0 by $1"), at, account.suspended_by) : at,
            account.suspended_reason ? make("div", {}, make("bdi", {}, account.suspended_reason)) : null];
}

function facts(account) {
    return make("dl", { class: "facts" },
                fact(_("Full name"), make("bdi", {}, account.full_name || "–")),
                fact(_("Email"), make("bdi", { class: "break" }, account.email || "–")),
                fact(_("Roles"), roleLabels(account)),
                fact(_("Status"), statusLabels(account)),
                account.suspended_at ? fact(_("Suspended"), suspension(account)) : null,
                account.locks === null || account.locks.length > 0 ? fact(_("Locked"), lockLines(account)) : null,
                fact(_("Last login"), lastLogin(account)),
                fact(_("Created"), when(account.created_at)),
                fact(_("Password changed"), when(account.password_changed_at)),
                account.password_expires_at ? fact(_("Temporary password expires"), when(account.password_expires_at)) : null,
                account.password_max_days === null ? null : fact(_("Password change required"), account.password_max_days === 0 ? _("Never") : plural("after $0 day", "after $0 days", account.password_max_days)),
                account.password_too_old_at ? fact(_("Password expires"), when(account.password_too_old_at)) : null,
                fact(_("Account expires"), when(account.account_expires_at)),
                account.dormant_at ? fact(_("Dormant from"), when(account.dormant_at)) : null,
                fact(_("User ID"), String(account.uid)),
                fact(_("Home directory"), account.home), fact(_("Shell"), account.shell));
}

const card = (title, ...inside) => make("section", { class: "card" }, make("div", { class: "toolbar head" }, make("h2", {}, title)), inside);
const heading = (name, ...beside) => make("div", { class: "toolbar head" }, make("h1", {}, make("bdi", {}, name)), beside);

export function showAccount(place, who, name) {
    const ask = latest();
    const admin = who.kind === "admin";
    const top = make("div", {}, make("section", { class: "card" }, heading(name)));
    const keys = make("div", { class: "scroll" });
    const ways = make("div", { class: "scroll" });
    const rows = make("div", { class: "scroll" });

    async function part(into, words, show, names = [name]) {
        try {
            const answer = await tool(words, { names });
            whenClosed(() => fill(into, show(answer)));
        } catch (refusal) {
            cannot(into, refusal);
        }
    }
    function draw(account) {
        const menu = admin ? kebab(format(_("Actions for $0"), name), "menu-" + account.uid, () => entriesFor(account, "menu-" + account.uid, done)) : null;
        fill(top, make("section", { class: "card" },
                       heading(name, statusLabels(account), make("span", { class: "spacer" }), menu),
                       make("div", { class: "inside" }, facts(account))));
    }
    function done(answer) {
        if (answer.deleted || answer.username !== name)
            window.location.hash = answer.deleted ? "#/" : "#/" + answer.username;
        else
            refresh();
    }
    async function refresh() {
        try {
            const account = await ask(() => tool(["users", "show"], { names: [name] }));
            if (!account)
                return;
            whenClosed(() => draw(account));
            part(keys, ["keys", "list"], list => showKeys(list, name, admin, refresh));
            part(rows, ["audit", "--user=" + name, "--lines=" + ROWS], list => auditTable(list, { ofOne: true }), []);
            part(ways, ["check"], showWays);
        } catch (refusal) {
            fill(place, back, heading(name), box("danger", refusal.message, refusal.advice ? [refusal.advice] : []));
        }
    }
    const back = make("nav", { class: "back", "aria-label": _("Back") }, make("a", { href: "#/" }, "‹ " + _("Users")));
    if (!NAME.test(name)) {
        fill(place, back, heading(name), box("danger", _("This is not a valid username")));
        return null;
    }
    fill(place, back, top, card(_("SSH keys"), keys), card(_("Login methods, and what blocks them"), ways), card(_("History"), rows));
    refresh();
    return watch(refresh);
}
