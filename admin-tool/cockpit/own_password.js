/*
 * An Auditor's own password, for sudo. It goes on as it was typed and is kept nowhere; sudo remembers for a while that
 * it was right.
 */
import { make } from "./dom.js";
import { ask } from "./dialog.js";
import { _ } from "./words.js";

export const askOwnPassword = wrong => ask({
    title: _("Your password"),
    text: wrong ? make("p", { class: "wrong", role: "alert" }, _("Wrong password.")) : make("p", {}, _("Auditors view the accounts through sudo, which asks for your password.")),
    fields: [{ name: "password", type: "password", label: _("Password"), required: true }],
    action: _("Continue"),
    ready: values => values.password !== "",
    run: async values => values.password,
});
