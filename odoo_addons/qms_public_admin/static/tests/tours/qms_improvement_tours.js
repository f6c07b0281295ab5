import { registry } from "@web/core/registry";

// The loop on a tablet: programme, plan, audit, finding, action, effect; one tour a person.
// Everything is found by name, so that the tours run in any language.

const tours = registry.category("web_tour.tours");

const press = (name, content) => ({
    content,
    trigger: `.o_form_statusbar button[name=${name}]:enabled`,
    run: "click",
});

const fill = (name, words, scope = ".o_form_view") => ({
    content: `Write ${name}`,
    trigger: `${scope} .o_field_widget[name=${name}] :is(textarea, input)`,
    run: `edit ${words}`,
});

const openPage = (name) => ({
    content: `Open the page ${name}`,
    trigger: `.o_notebook .nav-link[name=${name}]:not(.active), .o_notebook .nav-link[name=${name}].active`,
    run: "click",
});

const isIn = (state) => ({
    content: `It is ${state}`,
    trigger: `body:not(:has(.modal)) .o_statusbar_status:has(.o_arrow_button_current[data-value=${state}])`,
});

/** Say yes where the button asks before it acts. */
const yes = {
    content: "Confirm when asked",
    trigger: ".modal .modal-footer .btn-primary",
    run: "click",
};

/** Fill in the words that a dialog asks for, and send them. */
const say = (words, name = "words", button = "action_confirm") => [
    fill(name, words, ".modal"),
    {
        content: "Confirm the words",
        trigger: `.modal button[name=${button}]:visible`,
        run: "click",
    },
];

// Leaders approve programme, report and review from their list.
tours.add("qms_loop_leader_approves", {
    steps: () => [
        {
            content: "Open the request",
            trigger: ".o_data_row:first .o_data_cell[name=qms_subject], .o_kanban_record:not(.o_kanban_ghost)",
            run: "click",
        },
        {
            content: "Read what is decided on",
            trigger: ".o_field_widget[name=qms_preview]",
        },
        press("action_approve", "Approve"),
        {
            content: "Confirm",
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "It is decided",
            trigger: "body:not(:has(.modal)) .o_form_statusbar:not(:has(button[name=action_approve]))",
        },
    ],
});

tours.add("qms_loop_officer_proposes_programme", {
    steps: () => [
        {
            content: "Save the new programme",
            trigger: ".o_form_button_save",
            run: "click",
        },
        press("action_propose_year", "Let the system propose the year"),
        {
            content: "The unit is planned with its procedure and its auditor",
            trigger: ".o_field_widget[name=line_ids] .o_data_row .o_data_cell[name=auditor_ids] .o_tag",
        },
        press("action_submit", "Submit the programme"),
        yes,
        isIn("approval"),
    ],
});

tours.add("qms_loop_officer_makes_plan", {
    steps: () => [
        {
            content: "Make the plan of the audit",
            trigger: ".o_field_widget[name=line_ids] .o_data_row button[name=action_make_audit]",
            run: "click",
        },
        {
            content: "Serve the administrative-reform check, too",
            trigger: ".o_field_widget[name=qms_purpose] :is(select, input)",
        },
        fill("qms_scope", "Tiếp nhận, thẩm định, trả kết quả"),
        fill("qms_criteria", "TCVN ISO 9001, quy trình nội bộ"),
        openPage("questions"),
        {
            content: "Generate the questions",
            trigger: "button[name=action_generate_questions]",
            run: "click",
        },
        {
            content: "They are there",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:nth-of-type(3)",
        },
        press("action_notify", "Announce the audit"),
        yes,
        isIn("notified"),
    ],
});

tours.add("qms_loop_auditor_holds_audit", {
    steps: () => [
        {
            content: "Draw a sample",
            trigger: "button[name=action_draw_sample]",
            run: "click",
        },
        fill("date_from", "01/01/2020", ".modal"),
        {
            content: "Of all units",
            trigger: ".modal .o_field_widget[name=department_ids] .o_delete",
            run: "click",
        },
        fill("size", "5", ".modal"),
        fill("seed", "2026", ".modal"),
        {
            content: "Draw",
            trigger: ".modal button[name=action_draw]",
            run: "click",
        },
        {
            content: "The dossiers drawn are listed",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=line_ids] .o_data_row:nth-of-type(5)",
        },
        {
            content: "Back to the audit",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item:last a",
            run: "click",
        },
        press("action_start", "Begin the audit"),
        press("action_open_checklist", "Open the questions"),
        {
            content: "The first question does not conform",
            trigger: ".o_qms_checklist_one .o_qms_answer_minor",
            run: "click",
        },
        {
            content: "Say what was seen",
            trigger: ".o_qms_checklist_note",
            run: "edit Hai trong năm hồ sơ trễ ở bước thẩm định",
        },
        {
            content: "Name a dossier as evidence",
            trigger: ".o_qms_sample:first .o_qms_sample_cite",
            run: "click",
        },
        {
            content: "It is evidence now",
            trigger: ".o_qms_sample.o_qms_cited",
        },
        {
            content: "Next question",
            trigger: ".o_qms_checklist_next",
            run: "click",
        },
        {
            content: "The second conforms",
            trigger: ".o_qms_answer_conforming:not(.active)",
            run: "click",
        },
        {
            content: "Next question",
            trigger: ".o_qms_checklist_next",
            run: "click",
        },
        {
            content: "The third conforms",
            trigger: ".o_qms_answer_conforming:not(.active)",
            run: "click",
        },
        {
            content: "All are answered and kept",
            trigger: ".o_qms_checklist_progress[aria-valuenow='100']",
        },
        {
            content: "Back to the audit",
            trigger: ".o_qms_checklist_bar .fa-calendar-check-o",
            run: "click",
        },
        press("action_end", "End the visit"),
        isIn("reporting"),
    ],
});

tours.add("qms_loop_auditor_reports", {
    steps: () => [
        openPage("report"),
        fill("qms_conclusion", "Hệ thống được thực hiện; một bước quá chậm"),
        press("action_request_approval", "Ask for the approval of the report"),
        {
            content: "It waits for the leader",
            trigger: ".o_form_statusbar:not(:has(button[name=action_request_approval]))",
        },
    ],
});

tours.add("qms_loop_head_answers_finding", {
    steps: () => [
        press("action_open_dialog", "Answer the finding"),
        fill("cause", "Chỉ có một người thẩm định", ".modal"),
        fill("correction", "Rút ngắn bước, có người thay", ".modal"),
        fill("correction_date", "12/12/2099", ".modal"),
        {
            content: "Send the answer",
            trigger: ".modal button[name=action_confirm]:visible",
            run: "click",
        },
        isIn("answered"),
        {
            content: "Open its nonconformity",
            trigger: ".o_field_widget[name=nonconformity_id] a",
            run: "click",
        },
        press("action_qms_analyse", "Take it up"),
        press("action_qms_plan", "The cause stands there: plan"),
        openPage("actions"),
        {
            content: "Add an action",
            trigger: "button[name=action_qms_add_action]",
            run: "click",
        },
        fill("name", "Rút ngắn bước thẩm định", ".modal"),
        {
            content: "Save the action",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It stands in the plan",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=action_ids] .o_data_row",
        },
    ],
});

tours.add("qms_loop_head_plans_check", {
    steps: () => [
        openPage("effectiveness"),
        {
            content: "Say by which figures the effect is looked at",
            trigger: "button[name=action_qms_add_check]",
            run: "click",
        },
        {
            content: "Dossiers on time of the procedure are proposed",
            trigger: ".modal .o_field_widget[name=measure_key]",
        },
        {
            content: "Save the check",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It stands with the action",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=qms_check_ids] .o_data_row",
        },
    ],
});

tours.add("qms_loop_head_starts_actions", {
    steps: () => [press("action_qms_start", "Begin"), isIn("open")],
});

tours.add("qms_loop_head_reports_action_done", {
    steps: () => [
        press("action_qms_done", "Report it done"),
        ...say("Đã ban hành quy trình với ít giờ hơn"),
        isIn("done"),
    ],
});

tours.add("qms_loop_auditor_verifies_action", {
    steps: () => [
        press("action_qms_verify", "Verify the action"),
        ...say("Đã xem quy trình mới"),
        isIn("verified"),
    ],
});

tours.add("qms_loop_auditor_judges_effect", {
    steps: () => [
        {
            content: "Before and after stand beside each other",
            trigger: ".o_field_widget[name=picture] svg",
        },
        press("action_open_verdict", "Judge"),
        {
            content: "It helped",
            trigger: ".modal .o_field_widget[name=verdict] input[data-value=effective]",
            run: "click",
        },
        ...say("Tỷ lệ đúng hẹn tăng rõ rệt trên cùng phạm vi"),
        isIn("effective"),
    ],
});

tours.add("qms_loop_auditor_verifies_nonconformity", {
    steps: () => [
        press("action_qms_verify", "Verify the nonconformity"),
        ...say("Các hành động đã thực hiện"),
        isIn("verified"),
    ],
});

tours.add("qms_loop_leader_closes", {
    steps: () => [
        press("action_qms_close", "Close the nonconformity"),
        ...say("Tỷ lệ đúng hẹn tăng rõ rệt"),
        isIn("done"),
    ],
});

// The management review: prepared, read, held, approved, carried out.

const openTopic = {
    content: "Open the topic about processes and conformity",
    trigger: ".o_field_widget[name=qms_input_ids] .o_data_row:nth-of-type(5) button[name=action_open_form]",
    run: "click",
};

tours.add("qms_review_officer_prepares", {
    steps: () => [
        fill("qms_place", "Phòng họp số 1"),
        {
            content: "Save the review: it has its agenda",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The topics of the edition are there",
            trigger: ".o_field_widget[name=qms_input_ids] .o_data_row:nth-of-type(10)",
        },
        press("action_compile", "Compile the figures"),
        {
            content: "They are compiled",
            trigger: ".o_field_widget[name=qms_compiled_at]",
        },
        openTopic,
        {
            content: "Figures and picture stand there",
            trigger: ".o_field_widget[name=content_html] svg",
        },
        {
            content: "Back to the review",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item:last a",
            run: "click",
        },
        press("action_invite", "Invite"),
        isIn("invited"),
    ],
});

tours.add("qms_review_leader_reads", {
    steps: () => [
        openTopic,
        {
            content: "Open the records behind a figure",
            trigger: ".o_field_widget[name=content_html] [data-figure]:first",
            run: "click",
        },
        {
            content: "They are dossiers",
            trigger: ".o_list_view .o_data_row, .o_kanban_view .o_kanban_record:not(.o_kanban_ghost)",
        },
    ],
});

tours.add("qms_review_officer_takes_minutes", {
    steps: () => [
        press("action_hold", "The meeting was held"),
        isIn("held"),
        openPage("participants"),
        {
            content: "All were present",
            trigger: "button[name=action_all_present]",
            run: "click",
        },
        openPage("conclusion"),
        {
            content: "Write the conclusion",
            trigger: ".o_field_widget[name=conclusion] .odoo-editor-editable",
            run: "editor HTQLCL phù hợp và có hiệu lực",
        },
        press("action_submit", "Submit the minutes"),
        yes,
        isIn("approval"),
    ],
});

tours.add("qms_review_officer_makes_actions", {
    steps: () => [
        press("action_make_actions", "Make the actions"),
        {
            content: "The decision is carried out by an action",
            trigger: ".o_list_view .o_data_row .o_data_cell[name=followed_name]:not(:empty), .o_kanban_record:not(.o_kanban_ghost)",
        },
    ],
});
