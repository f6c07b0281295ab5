import { registry } from "@web/core/registry";

// The law changes: a text is registered, its change opened, what is affected revised.

registry.category("web_tour.tours").add("qms_officer_follows_a_law", {
    steps: () => [
        {
            content: "Register the new text",
            trigger: ".o_control_panel_main_buttons .o_list_button_add",
            run: "click",
        },
        {
            content: "Its number",
            trigger: ".o_field_widget[name=number] input",
            run: "edit 200/2026/NĐ-CP",
        },
        {
            content: "Its title",
            trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Nghị định mới về phí",
        },
        {
            content: "The day it takes effect",
            trigger: ".o_field_widget[name=effective_date] input, .o_field_widget[name=effective_date] button",
            run: "click",
        },
        {
            content: "Type the day",
            trigger: ".o_field_widget[name=effective_date] input",
            run: "edit 11/01/2026 && press Enter",
        },
        {
            content: "What it does to an earlier text",
            trigger: ".o_field_widget[name=outgoing_ids] .o_field_x2many_list_row_add button, .o_field_widget[name=outgoing_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "It replaces",
            trigger: ".o_field_widget[name=outgoing_ids] .o_selected_row [name=kind] input",
            run: "click",
        },
        {
            content: "Choose replaces",
            trigger: ".o_select_menu_item:contains(/^Replaces$/)",
            run: "click",
        },
        {
            content: "the decree before it",
            trigger: ".o_field_widget[name=outgoing_ids] .o_selected_row [name=to_id] input",
            run: "edit 9901/2018",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-menu .o-autocomplete--dropdown-item:contains(9901/2018/NĐ-CP)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Open the change",
            trigger: "button[name=action_open_change]",
            run: "click",
        },
        {
            content: "The document that rests on the old decree is affected",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Thu phí tham quan):contains(9901/2018/NĐ-CP)",
        },
        {
            content: "So is the procedure",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(9.000001)",
        },
        {
            content: "And the form of the document: it needs no change",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Tờ khai) button[name=action_justify]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=words] textarea",
            run: "edit Mẫu không nhắc đến nghị định",
        },
        {
            content: "Confirm",
            trigger: ".modal footer button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It is settled",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Tờ khai):contains(No change needed)",
        },
        {
            content: "Closing is refused",
            trigger: ".o_form_statusbar button[name=action_close]",
            run: "click",
        },
        {
            content: "The message says what is left",
            trigger: ".modal:contains(neither revised nor justified)",
        },
        {
            content: "Read it",
            trigger: ".modal footer button",
            run: "click",
        },
        {
            content: "Begin the revision of the document",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=line_ids] .o_data_row:contains(Thu phí tham quan) button[name=action_start]",
            run: "click",
        },
        {
            content: "Look at the reason of the draft",
            trigger: ".o_notebook .nav-link:contains(Reason and amendments)",
            run: "click",
        },
        {
            content: "It names the change and the decree",
            trigger: ".o_field_widget[name=reason] textarea:value(/Apply 200/)",
        },
    ],
});

registry.category("web_tour.tours").add("qms_officer_closes_a_change", {
    steps: () => [
        {
            content: "All is settled",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Thu phí tham quan):contains(Revised)",
        },
        {
            content: "Close",
            trigger: ".o_form_statusbar button[name=action_close]",
            run: "click",
        },
        {
            content: "It is closed",
            trigger: ".o_form_statusbar .o_arrow_button_current:contains(Closed)",
        },
    ],
});
