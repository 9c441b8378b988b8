/*
 * What an account is: its roles, which are saved together, its name, and what is said of it.
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
        text: make("p", {}, _("Every user is a Member. Taking a role away ends the user's running processes, which would keep the groups of the role.")),
        fields: [
            { name: "admin", type: "checkbox", label: _("Admin"), value: has("admin"), help: _("Full access to this host") },
            { name: "auditor", type: "checkbox", label: _("Auditor"), value: has("auditor"), help: _("Can view the accounts and the audit log") },
        ],
        action: _("Save"),
        ready: values => values.admin !== has("admin") || values.auditor !== has("auditor"),
        run: async values => {
            // what another Admin gave or took meanwhile stays: the dialog may have been open for long
            const now = await tool(["users", "show"], { names: [account.username] });
            const roles = ["admin", "auditor"].filter(role => values[role] === has(role) ? now.roles.includes(role) : values[role]);
            return tool(["users", "edit-roles", "--yes", "--roles=" + ["member", ...roles].join(",")], { names: [account.username] });
        },
    });
    if (answer !== null)
        tellOutcome(answer);
    return answer;
}

/* As it is typed: nothing is as policy says. */
const daysWord = days => days === null ? "" : days === 0 ? "never" : String(days);

/* Only what was changed is given on: what another Admin changed meanwhile stays. */
function differences(account, values) {
    const options = { email: "--email=", full_name: "--full-name=", shell: "--shell=" };
    const words = Object.keys(options).filter(name => values[name].trim() !== (account[name] || "")).map(name => options[name] + values[name].trim());
    const days = values.password_max_days?.trim();

    if (values.expires !== "")
        words.push("--expires=" + values.expires);
    else if (values.endless)
        words.push("--expires=never");
    if (days !== undefined && days !== daysWord(account.password_max_days))
        words.push("--password-max-days=" + (days || "default"));
    if (values.never_dormant !== undefined && values.never_dormant !== account.never_dormant)
        words.push(values.never_dormant ? "--never-dormant" : "--may-be-dormant");
    return words;
}

/* What a program's account has none of. */
const ofPeople = account => account.service_account ? [] : [
    { name: "password_max_days", label: _("Maximum password age in days"), value: daysWord(account.password_max_days), help: _("A number, or never. Leave empty to follow the policy.") },
    { name: "never_dormant", type: "checkbox", label: _("Never becomes dormant"), value: account.never_dormant },
];

export async function edit(account) {
    const answer = await ask({
        title: format(_("Edit $0"), account.username),
        fields: [
            { name: "full_name", label: _("Full name"), value: account.full_name },
            { name: "email", type: "email", label: _("Email"), value: account.email },
            { name: "shell", label: _("Shell"), value: account.shell },
            { name: "expires", type: "date", label: _("New expiration date"), help: _("The last day on which the account works. Leave empty to keep the present one.") },
            ...(account.account_expires_at ? [{ name: "endless", type: "checkbox", label: _("Remove the expiration date") }] : []),
            ...ofPeople(account),
        ],
        action: _("Save"),
        ready: values => differences(account, values).length > 0,
        run: values => tool(["users", "edit", ...differences(account, values)], { names: [account.username] }),
    });
    if (answer !== null)
        tellOutcome(answer);
    return answer;
}

export async function rename(account) {
    const answer = await ask({
        title: format(_("Rename $0"), account.username),
        text: make("p", {}, _("ID, password, keys, roles and home directory stay the same. The old name is never used again.")),
        fields: [
            { name: "username", label: _("New username"), value: account.username, required: true },
            { name: "home", type: "checkbox", label: _("Also rename the home directory"), value: true },
            { name: "end", type: "checkbox", label: _("End running processes, including sessions"), help: _("An account that has running processes cannot be renamed") },
        ],
        action: _("Rename"),
        ready: values => values.username.trim() !== "" && values.username.trim() !== account.username,
        run: values => tool(["users", "rename", "--yes", ...(values.home ? ["--move-home"] : []), ...(values.end ? ["--end-sessions"] : [])],
                            { names: [account.username, values.username.trim()] }),
    });
    if (answer !== null)
        tellOutcome(answer);
    return answer;
}
