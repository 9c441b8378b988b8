/*
 * What an account is: its roles, which are saved together, and what is said of it.
 */
import { ask } from "./dialog.js";
import { make } from "./dom.js";
import { tellOutcome } from "./notice.js";
import { tool } from "./tool.js";
import { _, format } from "./words.js";

export async function editRoles(account) {
    const has = role => account.roles.includes(role);
    const answer = await ask({
        title: format(_("Roles of $0"), account.username),
        text: make("p", {}, _("Everybody is a Member. Taking a role away ends what is running, which would keep the role's groups.")),
        fields: [
            { name: "admin", type: "checkbox", label: _("Admin"), value: has("admin"), help: _("May do everything on this host") },
            { name: "auditor", type: "checkbox", label: _("Auditor"), value: has("auditor"), help: _("May look at the accounts and the audit log") },
        ],
        action: _("Save"),
        ready: values => values.admin !== has("admin") || values.auditor !== has("auditor"),
        run: values => {
            const roles = ["member", ...["admin", "auditor"].filter(role => values[role])];
            return tool(["users", "edit-roles", "--yes", "--roles=" + roles.join(",")], { names: [account.username] });
        },
    });
    if (answer !== null)
        tellOutcome(answer);
    return answer;
}

/* Only what was changed is given on: what another Admin changed meanwhile stays. */
function differences(account, values) {
    const options = { email: "--email=", full_name: "--full-name=", shell: "--shell=" };
    const words = Object.keys(options).filter(name => values[name].trim() !== (account[name] || "")).map(name => options[name] + values[name].trim());

    if (values.expires !== "")
        words.push("--expires=" + values.expires);
    else if (values.endless)
        words.push("--expires=never");
    if (values.never_dormant !== account.never_dormant)
        words.push(values.never_dormant ? "--never-dormant" : "--may-be-dormant");
    return words;
}

export async function edit(account) {
    const answer = await ask({
        title: format(_("Edit $0"), account.username),
        fields: [
            { name: "full_name", label: _("Full name"), value: account.full_name },
            { name: "email", type: "email", label: _("Email"), value: account.email },
            { name: "shell", label: _("Shell"), value: account.shell },
            { name: "expires", type: "date", label: _("New last day"), help: _("The last good day; empty to leave it as it is") },
            ...(account.account_expires_at ? [{ name: "endless", type: "checkbox", label: _("Take the last day away") }] : []),
            { name: "never_dormant", type: "checkbox", label: _("Stays usable however long it is not used"), value: account.never_dormant },
        ],
        action: _("Save"),
        ready: values => differences(account, values).length > 0,
        run: values => tool(["users", "edit", ...differences(account, values)], { names: [account.username] }),
    });
    if (answer !== null)
        tellOutcome(answer);
    return answer;
}
