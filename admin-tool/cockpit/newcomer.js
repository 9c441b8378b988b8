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
    ["password", _("A temporary password, changed at the first login")],
    ["key", _("Only by ssh key")],
    ["service", _("None: it is a program's account")],
];

function fields() {
    return [
        { name: "username", label: _("Username"), required: true },
        { name: "email", type: "email", label: _("Email"), required: true },
        { name: "full_name", label: _("Full name") },
        { name: "kind", type: "select", label: _("Login"), choices: KINDS() },
        { name: "key", type: "textarea", label: _("SSH keys"), help: _("One in each line, as in a file of public keys"), rows: 2 },
        { name: "expires", type: "date", label: _("Last day"), help: _("The last good day; empty for no end") },
        { name: "admin", type: "checkbox", label: _("Admin: may do everything on this host") },
        { name: "auditor", type: "checkbox", label: _("Auditor: may look at the accounts and the audit log") },
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
        text: make("p", { class: "quiet" }, _("Everybody is a Member. A username stays taken for ever, also after it was deleted.")),
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
