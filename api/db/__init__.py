"""Tables, one aggregate a file; importing this package registers all of them with `Base.metadata`."""

from api.db.analysis import Analysis, AnalysisState
from api.db.audit import AuditEntry, Deed
from api.db.base import Base, new_id
from api.db.checkin import CheckInRow
from api.db.clinic import Clinic
from api.db.consent import ConsentKind, ConsentRecord, WordingText
from api.db.content import ClinicContent, ContentKind, kind_of_protocol
from api.db.intake import IntakeOutcome, IntakeRecord
from api.db.live import LiveSession
from api.db.people import ApiToken, Client, Clinician, Invitation, InvitationKind, Session
from api.db.plan import Plan
from api.db.rate_limit import Throttle
from api.db.recording import Recording, RecordingState
from api.db.review import Comment, Correction, Review, ReviewState, Verdict
from api.db.upload import Upload

__all__ = [
    "Analysis",
    "AnalysisState",
    "ApiToken",
    "AuditEntry",
    "Base",
    "CheckInRow",
    "Client",
    "Clinic",
    "ClinicContent",
    "Clinician",
    "Comment",
    "ConsentKind",
    "ConsentRecord",
    "ContentKind",
    "Correction",
    "Deed",
    "IntakeOutcome",
    "IntakeRecord",
    "Invitation",
    "InvitationKind",
    "LiveSession",
    "Plan",
    "Recording",
    "RecordingState",
    "Review",
    "ReviewState",
    "Session",
    "Throttle",
    "Upload",
    "Verdict",
    "WordingText",
    "kind_of_protocol",
    "new_id",
]
