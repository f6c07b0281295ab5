import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("qms_reports_period", {
    steps: () => [
        {
            content: "Open the menu of the reports",
            trigger: ".o_main_navbar [data-menu-xmlid='qms_public_admin.menu_qms_reports']",
            run: "click",
        },
        {
            content: "Open the period report",
            trigger: "[data-menu-xmlid='qms_reports.menu_qms_period_report']",
            run: "click",
        },
        {
            content: "Group by channel",
            trigger: ".o_field_widget[name='grouping'] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Intake channel')",
            run: "click",
        },
        {
            content: "Compute",
            trigger: "button[name='action_compute']",
            run: "click",
        },
        {
            content: "The lines are those of the channels; open what came online",
            trigger:
                ".o_qms_period_table tr:has(.o_qms_period_group:contains('Online')) .o_qms_figure[data-figure='received_online']",
            run: "click",
        },
        {
            content: "One dossier came online",
            trigger: ".o_list_view:not(:has(.o_data_row ~ .o_data_row)) .o_data_row",
        },
    ],
});
