/*
 * New user: what is asked is little, what is wrong with it the tool says.
 */
import { ask } from "./dialog.js";
import { make } from "./dom.js";
import { handOver } from "./hand_over.js";
import { tellOutcome } from "./notice.js";
import { tool } from "./tool.js";
import { _ } from "./words.js";

const KINDS = () => [
    ["password", _("Temporary password, changed at the first login")],
    ["key", _("SSH key only")],
    ["service", _("None (service account)")],
];

function fields() {
    return [
        { name: "username", label: _("Username"), required: true },
        { name: "email", type: "email", label: _("Email"), required: true },
        { name: "full_name", label: _("Full name") },
        { name: "kind", type: "select", label: _("Login"), choices: KINDS() },
        { name: "key", type: "textarea", label: _("SSH keys"), help: _("One per line, as in authorized_keys"), rows: 2 },
        { name: "expires", type: "date", label: _("Expiration date"), help: _("The last day on which the account works. Leave empty for an account that does not expire.") },
        { name: "admin", type: "checkbox", label: _("Admin: full access to this host") },
        { name: "auditor", type: "checkbox", label: _("Auditor: can view the accounts and the audit log") },
    ];
}

function words(values) {
    const roles = ["member", ...["admin", "auditor"].filter(role => values[role])];
    const keys = values.key.split("\n").map(line => line.trim()).filter(line => line !== "");

    return ["users", "create", "--username=" + values.username.trim(),
            ...(values.kind === "service" && values.email.trim() === "" ? [] : ["--email=" + values.email.trim()]),
            ...(values.full_name.trim() ? ["--full-name=" + values.full_name.trim()] : []),
            "--roles=" + roles.join(","),
            ...(values.expires ? ["--expires=" + values.expires] : []),
            ...({ key: ["--no-password"], service: ["--service-account"] }[values.kind] || []),
            ...keys.map(key => "--ssh-key=" + key)];
}

export async function newUser(opener) {
    const answer = await ask({
        title: _("New user"), wide: true,
        text: make("p", { class: "quiet" }, _("Every user is a Member. A username is never used again, even after the account is deleted.")),
        fields: fields(),
        action: _("Create"),
        run: values => tool(words(values)),
    });
    if (answer === null)
        return null;
    if (answer.temporary_password)
        await handOver(answer, opener);
    if (!answer.temporary_password || answer.problems.length + answer.notes.length > 0)
        tellOutcome(answer);
    return answer.username;
}
