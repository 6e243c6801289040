"""Tables, one aggregate a file; importing this package registers all of them with `Base.metadata`."""

from api.db.analysis import Analysis, AnalysisState
from api.db.base import Base, new_id
from api.db.clinic import Clinic
from api.db.people import ApiToken, Client, Clinician, Invitation, InvitationKind, Session
from api.db.recording import Recording, RecordingState
from api.db.throttle import Throttle
from api.db.upload import Upload

__all__ = [
    "Analysis",
    "AnalysisState",
    "ApiToken",
    "Base",
    "Client",
    "Clinic",
    "Clinician",
    "Invitation",
    "InvitationKind",
    "Recording",
    "RecordingState",
    "Session",
    "Throttle",
    "Upload",
    "new_id",
]
