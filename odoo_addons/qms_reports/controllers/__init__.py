from . import papers, report
