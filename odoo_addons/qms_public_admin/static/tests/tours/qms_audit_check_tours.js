import { registry } from "@web/core/registry";

// An auditor answers on a tablet, the leader of the unit answers the finding.

registry.category("web_tour.tours").add("qms_auditor_answers_on_a_tablet", {
    steps: () => [
        {
            content: "The first question does not conform",
            trigger: ".o_qms_answer_minor:enabled",
            run: "click",
        },
        {
            content: "It asks for a note",
            trigger: ".o_qms_checklist_note.o_qms_missing",
            run: "edit Two of five dossiers lack the slip",
        },
        {
            content: "The note is enough",
            trigger: ".o_qms_checklist_note:not(.o_qms_missing)",
            run: "click",
        },
        {
            content: "Cite the first sampled dossier",
            trigger: ".o_qms_sample_cite:first",
            run: "click",
        },
        {
            content: "It is evidence now; open it",
            trigger: ".o_qms_cited .o_qms_sample_open",
            run: "click",
        },
        {
            content: "Log, clock and papers are beside the question",
            trigger: ".modal .o_form_view a[name=log]",
            run: "click",
        },
        {
            content: "Close the dossier",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "The next question",
            trigger: "body:not(:has(.modal)) .o_qms_checklist_next",
            run: "click",
        },
        {
            content: "It is the second one",
            trigger: ".o_qms_checklist_foot strong:contains(/^2$/)",
        },
        {
            content: "It conforms",
            trigger: ".o_qms_answer_conforming:not(.active)",
            run: "click",
        },
        {
            content: "Both are kept",
            trigger: ".o_qms_checklist_count:contains(2 /)",
        },
        {
            content: "The list shows both",
            trigger: ".o_qms_checklist_to_list",
            run: "click",
        },
        {
            content: "What was found stands there",
            trigger: ".o_qms_checklist_row:contains(Two of five dossiers lack the slip)",
        },
        {
            content: "All is saved",
            trigger: ".badge.text-bg-success:contains(Saved)",
        },
    ],
});

registry.category("web_tour.tours").add("qms_head_answers_a_finding", {
    steps: () => [
        {
            content: "Open the finding of my unit",
            trigger: ".o_data_row:contains(slip) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Answer it",
            trigger: ".o_form_view button[name=action_open_dialog]:contains(Answer)",
            run: "click",
        },
        {
            content: "Why it happened",
            trigger: ".modal .o_field_widget[name=cause] textarea",
            run: "edit The slip is printed by hand",
        },
        {
            content: "What is put right",
            trigger: ".modal .o_field_widget[name=correction] textarea",
            run: "edit The system prints it at the hand-over",
        },
        {
            content: "Until when",
            trigger: ".modal .o_field_widget[name=correction_date] input, .modal .o_field_widget[name=correction_date] button",
            run: "click",
        },
        {
            content: "Type the day",
            trigger: ".modal .o_field_widget[name=correction_date] input",
            run: "edit 11/30/2026 && press Enter",
        },
        {
            content: "Confirm",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It was answered",
            trigger: "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains(Answered)",
        },
    ],
});
