/*
 * An account's facts as the tool tells them, in words.
 */
import { label, make } from "./dom.js";
import { _, roleWord, statusWord, when } from "./words.js";

const COLOURS = { active: "green", suspended: "red", expired: "grey", dormant: "grey" };

/* Status is one word; that a password must be changed or is locked are facts beside it. */
export function statusLabels(account) {
    return make("span", { class: "labels" },
                label(statusWord(account.status), COLOURS[account.status] || "grey"),
                account.must_change ? label(_("Must change password"), "orange") : null,
                account.locked_until || (account.locks && account.locks.length > 0) ? label(_("Locked"), "orange") : null,
                account.service_account ? label(_("Service account"), "grey") : null);
}

/* Everybody is a Member: that says something of those alone who are nothing else. */
export function roleLabels(account) {
    const roles = account.roles.length > 1 ? account.roles.filter(role => role !== "member") : account.roles;
    return make("span", { class: "labels" }, roles.map(role => label(roleWord(role), role === "member" ? "grey" : "blue")));
}

export const lastLogin = account => when(account.last_login, account.last_login_day || _("Never"));
