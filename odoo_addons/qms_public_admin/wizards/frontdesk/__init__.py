from . import qms_dossier_answer
from . import qms_rating_batch
from . import qms_rating_batch_line
from . import qms_question_set_import
from . import qms_question_set_import_line
from . import qms_ticket_dialog
