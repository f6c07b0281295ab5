{
    "name": "Quality Management for Public Administrations - Reports",
    "summary": "Period reports that open their dossiers, legal forms and registers, "
    "handling times, prints of the event log",
    "version": "19.0.1.3.0",
    "category": "Services/Quality Management",
    "license": "AGPL-3",
    "author": "QMS Public Administration Contributors",
    "website": "https://github.com/qms-public-admin/qms-public-admin",
    "depends": [
        "qms_public_admin",
        "report_xlsx",
    ],
    "external_dependencies": {
        "python": ["docxtpl", "fonttools", "pyhanko", "reportlab", "xlsxwriter"]
    },
    "data": [
        # Access, rules
        "security/ir.model.access.csv",
        "security/report_rules.xml",
        "security/ir.model.access-satisfaction.csv",
        "security/satisfaction_rules.xml",
        "security/ir.model.access-improvement.csv",
        "security/improvement_rules.xml",
        "security/ir.model.access-training.csv",
        "security/training_rules.xml",
        # Legal forms
        "data/qms_form_template_data.xml",
        "data/mail_template_data.xml",
        # Prints
        "report/report_layout.xml",
        "report/form_paper.xml",
        "report/dossier_paper.xml",
        "report/period_report.xml",
        "report/control_slip.xml",
        "report/clock_what_if.xml",
        "report/dossier_register.xml",
        "report/event_log_prints.xml",
        "report/sign_off.xml",
        "report/satisfaction_report.xml",
        "report/nine_index.xml",
        "report/document_revision.xml",
        "report/master_list.xml",
        "report/evidence_matrix.xml",
        "report/declaration.xml",
        "report/objectives.xml",
        "report/paper_report.xml",
        "report/audit_report.xml",
        "report/nonconformity.xml",
        "report/table_print.xml",
        # Wizards
        "wizards/qms_period_report_views.xml",
        "wizards/qms_dossier_register_views.xml",
        "wizards/qms_satisfaction_report_views.xml",
        "views/qms_index_score_views.xml",
        "wizards/qms_nine_index_report_views.xml",
        "wizards/qms_master_list_views.xml",
        "wizards/qms_improvement_registers_views.xml",
        # Screens
        "views/qms_dossier_analysis_views.xml",
        "views/qms_dossier_step_analysis_views.xml",
        "views/qms_complaint_analysis_views.xml",
        "views/qms_improvement_analysis_views.xml",
        "views/qms_dossier_paper_views.xml",
        "views/qms_dossier_views.xml",
        "views/qms_form_template_views.xml",
        "views/qms_event_log_views.xml",
        "views/res_config_settings_views.xml",
        "views/sealing_views.xml",
        # Menus
        "views/qms_satisfaction_analysis_views.xml",
        "views/report_menus.xml",
        "views/satisfaction_menus.xml",
        "views/qms_learning_record_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "qms_reports/static/src/**/*",
        ],
        "web.assets_tests": [
            "qms_reports/static/tests/tours/**/*",
        ],
    },
}
