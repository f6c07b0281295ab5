import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// The import of an export of a one-stop system, as the ISO officer does it.

const HEADER = "Mã hồ sơ;Mã TTHC;Chủ hồ sơ;Hình thức nộp;Ngày tiếp nhận;Ngày hẹn trả;Ngày hoàn thành";
const ROWS = [
    "TOUR-1;9.000001;Trần Văn Thử;Trực tuyến;02/11/2026 08:00;06/11/2026 16:00;05/11/2026 15:00",
    "TOUR-2;9.000001;Lê Thị Thử;Trực tiếp;02/11/2026 09:00;06/11/2026 16:00;09/11/2026 07:30",
    "TOUR-3;9.000001;Phạm Văn Thử;Bồ câu;30/12/1899;06/11/2026 16:00;",
];

function upload(input) {
    const transfer = new DataTransfer();
    const content = [HEADER, ...ROWS].join("\n");
    transfer.items.add(new File([content], "tour.csv", { type: "text/csv" }));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("qms_officer_imports", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the Quality app",
            trigger: '.o_app[data-menu-xmlid="qms_public_admin.menu_qms_root"]',
            run: "click",
        },
        {
            content: "Open the menu of dossiers",
            trigger: '[data-menu-xmlid="qms_public_admin.menu_qms_dossiers"]',
            run: "click",
        },
        {
            content: "Open the imports",
            trigger: '[data-menu-xmlid="qms_public_admin.menu_qms_dossier_import"]',
            run: "click",
        },
        {
            content: "The list of imports is open",
            trigger: ".o_control_panel .o_breadcrumb:contains(Import dossiers)",
        },
        {
            content: "Start a new one",
            trigger: ".o_list_view .o_list_button_add, .o_control_panel .o_list_button_add",
            run: "click",
        },
        {
            content: "Choose the file",
            trigger: ".o_form_view div[name=file] .o_select_file_button",
            run() {
                upload(document.querySelector(".o_form_view div[name=file] input[type=file]"));
            },
        },
        {
            content: "The file is chosen: save",
            trigger: ".o_form_view div[name=file] input.o_input:value(tour.csv)",
        },
        ...stepUtils.saveForm(),
        {
            content: "The columns are suggested, and what is not understood is told",
            trigger: ".o_field_widget[name=hints]:contains(Bồ câu)",
        },
        {
            content: "The due date is found",
            trigger: ".o_field_widget[name=column_ids] .o_data_row:contains(Ngày hẹn trả) td[name=date_format]:contains(31/12/2026)",
        },
        {
            content: "See what would happen",
            trigger: "button[name=action_check]",
            run: "click",
        },
        {
            content: "Two would be new",
            trigger: ".o_field_widget[name=new_count]:contains(2)",
        },
        {
            content: "One is rejected, with the reason",
            trigger: ".o_field_widget[name=problem_summary]:contains(1899)",
        },
        {
            content: "Import the others",
            trigger: "button[name=action_run]",
            run: "click",
        },
        {
            content: "It runs in the background",
            trigger: ".o_arrow_button_current[data-value=running]",
        },
    ],
});

registry.category("web_tour.tours").add("qms_officer_sees_the_result", {
    steps: () => [
        {
            content: "The import is done",
            trigger: ".o_arrow_button_current[data-value=done]",
        },
        {
            content: "Open what came in",
            trigger: "button[name=action_view_dossiers]",
            run: "click",
        },
        {
            content: "Both dossiers are there",
            trigger: ".o_list_view .o_data_row:contains(TOUR-2)",
        },
    ],
});
