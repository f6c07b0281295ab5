import { registry } from "@web/core/registry";

// Many dossiers in one go: the preview tells who is skipped and why, then it is done.

registry.category("web_tour.tours").add("qms_specialist_hands_many_over", {
    steps: () => [
        {
            content: "Choose all open dossiers of the agency",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Open the actions",
            trigger: ".o_control_panel .o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            content: "Hand them over",
            trigger: ".o-dropdown--menu .o-dropdown-item:contains(Complete the step and hand over)",
            run: "click",
        },
        {
            content: "Two will be handled",
            trigger: ".modal .o_field_widget[name=ready_count]:contains(2)",
        },
        {
            content: "One is skipped: it is with somebody else, and the preview says so",
            trigger: ".modal .o_data_row:contains(is now with Clerk at the counter)",
        },
        {
            content: "Do it",
            trigger: ".modal footer button[name=action_run]",
            run: "click",
        },
        {
            content: "It is done and the dialog is closed",
            trigger: ".o_notification:contains(Dossiers handled: 2)",
        },
        {
            content: "The list tells where they are now",
            trigger: ".o_list_view:not(:has(.modal)) .o_data_row:contains(Head of division)",
        },
    ],
});

registry.category("web_tour.tours").add("qms_head_signs_many", {
    steps: () => [
        {
            content: "Choose all my work",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Complete and hand over",
            trigger: ".o_control_panel button[name=action_bulk_complete]",
            run: "click",
        },
        {
            content: "The preview",
            trigger: ".modal .o_field_widget[name=ready_count]:contains(2)",
        },
        {
            content: "Do it",
            trigger: ".modal footer button[name=action_run]",
            run: "click",
        },
        {
            content: "Nothing waits any more, and the page says what comes here",
            trigger: ".o_nocontent_help:contains(Nothing waits for you)",
        },
    ],
});
