/*
 * What can be done with an account, as entries of a menu. done(answer) is called after a change, not when it was left.
 */
import * as access from "./access.js";
import { edit, editRoles, rename } from "./edit.js";
import { _ } from "./words.js";

export const mayBeActivated = account => account.status === "suspended" || account.status === "dormant";
const isLocked = account => Boolean(account.locked_until) || (account.locks || []).length > 0;

export function entriesFor(account, opener, done) {
    const names = [account.username];
    const entry = (text, act, danger = false) => ({ text, danger, run: async () => {
        const answer = await act();
        if (answer !== null)
            done(answer);
    } });

    return [
        mayBeActivated(account) ? entry(_("Activate"), () => access.activate(names)) : null,
        account.status === "suspended" ? null : entry(_("Suspend"), () => access.suspend(names)),
        account.service_account ? null : entry(_("Reset password"), () => access.resetPassword(names, opener)),
        account.service_account || account.must_change ? null : entry(_("Require password change"), () => access.requireChange(names)),
        isLocked(account) ? entry(_("Unlock"), () => access.unlock(names)) : null,
        entry(_("Roles"), () => editRoles(account)),
        entry(_("Edit"), () => edit(account)),
        entry(_("Rename"), () => rename(account)),
        entry(_("Delete"), () => access.remove(account.username), true),
    ].filter(Boolean);
}
