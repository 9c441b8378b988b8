/*
 * Who may log in: suspend, activate, reset the password, have it changed, unlock, delete; of one account or several.
 * What would end or be left is asked of the tool, which changes nothing for that, before anybody says yes.
 */
import { ask } from "./dialog.js";
import { fill, make } from "./dom.js";
import { handOver } from "./hand_over.js";
import { box, tellOutcome } from "./notice.js";
import { tool } from "./tool.js";
import { _, format, plural } from "./words.js";

const whom = names => names.length === 1 ? names[0] : plural("$0 account", "$0 accounts", names.length);

/* What would happen, filled in when it is known. show(answers) gives elements. */
function foreseen(words, names, show) {
    const place = make("div", { class: "foreseen" }, make("p", { class: "quiet" }, _("Looking what that would change …")));

    tool([...words, "--yes", "--dry-run"], { names }).then(
        answers => fill(place, show([answers].flat())),
        refusal => fill(place, box("danger", refusal.message, refusal.advice ? [refusal.advice] : [])));
    return place;
}

function whatEnds(answers) {
    const running = answers.filter(one => one.processes > 0);
    const processes = running.reduce((sum, one) => sum + one.processes, 0);

    return [
        make("p", {}, processes === 0 ? _("Nothing of theirs is running now.")
                                      : plural("$0 process that runs now will be ended, sessions included.", "$0 processes that run now will be ended, sessions included.", processes)),
        running.length > 0 && answers.length > 1 ? make("p", { class: "quiet" }, running.map(one => one.username).join(", ")) : null,
        answers.some(one => one.yourself) ? box("warning", _("That is yourself.")) : null,
        answers.some(one => one.last_admin) ? box("warning", _("That is the last Admin.")) : null,
    ];
}

async function change(options, words, names) {
    const answer = await ask({ ...options, run: values => tool([...words, "--yes", ...(options.more ? options.more(values) : [])], { names }) });
    if (answer !== null)
        tellOutcome(answer);
    return answer;
}

const named = names => names.length > 1 ? make("p", {}, names.join(", ")) : null;

export const suspend = names => change({
    title: format(_("Suspend $0?"), whom(names)),
    text: [named(names), make("p", {}, _("No login by password or key, no sudo and no cron until it is activated again. Name, id and files stay.")),
           foreseen(["users", "suspend"], names, whatEnds)],
    fields: [{ name: "reason", label: _("Reason"), help: _("For the audit log") }],
    more: values => values.reason.trim() === "" ? [] : ["--reason=" + values.reason.trim()],
    action: _("Suspend"), danger: true,
}, ["users", "suspend"], names);

export const activate = names => change({
    title: format(_("Activate $0?"), whom(names)),
    text: [named(names), make("p", {}, _("The password and keys of before are good again."))],
    action: _("Activate"),
}, ["users", "activate"], names);

export const requireChange = names => change({
    title: format(_("Have $0 change the password?"), whom(names)),
    text: [named(names), make("p", {}, _("It is asked for at the next login; the password of now is good until then."))],
    action: _("Require change"),
}, ["users", "require-change"], names);

export const unlock = names => change({
    title: format(_("Unlock $0?"), whom(names)),
    text: make("p", {}, _("Failed logins are forgotten, and with them the time to wait.")),
    action: _("Unlock"),
}, ["users", "unlock"], names);

export async function resetPassword(names, opener) {
    const answer = await ask({
        title: format(_("Reset the password of $0?"), whom(names)),
        text: [named(names), make("p", {}, _("The password of now is good no more. A temporary one is shown, once, to pass on."))],
        fields: [{ name: "end", type: "checkbox", label: _("End what is running, sessions included") }],
        action: _("Reset password"),
        run: values => tool(["reset-password", "--yes", ...(values.end ? ["--end-sessions"] : [])], { names }),
    });
    if (answer === null)
        return null;
    await handOver(answer, opener);
    if ([answer].flat().some(one => one.problems.length + one.notes.length > 0))
        tellOutcome(answer);
    return answer;
}

const whatStays = answers => [
    ...whatEnds(answers),
    make("details", {}, make("summary", {}, _("What it leaves on this host")),
         make("pre", { class: "mono" }, answers.flatMap(one => one.said).join("\n"))),
];

export const remove = name => change({
    title: format(_("Delete $0?"), name),
    text: [make("p", {}, _("That cannot be undone: the name and the id are never given out again. To keep somebody out, suspend.")),
           foreseen(["users", "delete"], [name], whatStays)],
    fields: [
        { name: "typed", label: format(_("Type $0 to go on"), name), required: true },
        { name: "home", type: "checkbox", label: _("Remove the home directory, too") },
    ],
    ready: values => values.typed === name,
    more: values => values.home ? ["--remove-home"] : [],
    action: _("Delete"), danger: true, wide: true,
}, ["users", "delete"], [name]);
