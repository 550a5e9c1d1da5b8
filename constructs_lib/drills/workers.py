"""A worker under drill: its records are those of the pipeline's source, as they are shared out to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from constructs_lib.drills.given import Given
from constructs_lib.drills.memory.sqs import Message
from constructs_lib.drills.planned import Planned, environment_of
from constructs_lib.drills.samples.records import Sample, Samples
from constructs_lib.drills.streams import stream_event
from constructs_lib.drills.subject import Subject
from constructs_lib.model.samples import SampleMessage
from functions.contract.identity import canonical_json
from functions.contract.share import EVENT_BUS, RECORD, SHARE, TEXT, ShareFacts
from functions.runtime.errors import ContractBreak, Invalid
from functions.runtime.outputs.share import ShareDraft
from functions.runtime.readers import reader
from functions.runtime.record_identity import RecordIdentity
from functions.runtime.settings import RunnerSettings

if TYPE_CHECKING:
    from constructs_lib.drills.world import Envelope
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.model.samples import SampleRecord


def subjects(subject: Subject) -> list[Subject]:
    """Return what of a pipeline is drilled: its runner, which may share records out, and each of its workers."""
    workers = subject.plan.fan_out.workers if subject.plan.fan_out else ()
    return [
        subject,
        *(
            WorkerSubject(
                subject.file, _of_worker(subject.plan, one.function, one.mapping), subject.source, subject, one.name
            )
            for one in workers
        ),
    ]


@dataclass(frozen=True)
class WorkerSubject(Subject):
    """One worker of a pipeline; nothing but its own queue stands before it."""

    whole: Subject
    worker: str

    @property
    def name(self) -> str:
        """The pipeline's name, and the worker's."""
        return f"{self.plan.pipeline}:{self.worker}"

    @property
    def streams(self) -> bool:
        """Its parts come from a queue, whatever the source is."""
        return False

    @property
    def ticks(self) -> bool:
        """A part of a tick is no tick."""
        return False

    @property
    def filters(self) -> bool:
        """What starts no run is not shared out."""
        return False

    @property
    def enveloped(self) -> bool:
        """Only the platform writes what is around a part."""
        return False

    @property
    def collects(self) -> bool:
        """A group needs the other workers, too."""
        return False

    @cached_property
    def planned(self) -> Planned:
        """The worker; raises what ``Planned.of`` and ``Given.of`` raise."""
        envelope = partial(_shared, self.source.sample_envelope, self._sharing)
        return Planned.of(self.plan, envelope, Given.of(self._samples / f"{self.plan.pipeline}.given.json"))

    @cached_property
    def samples(self) -> Samples:
        """The records of the pipeline, known by the token that they have as parts."""
        return PartSamples(self.whole, self.planned)

    @cached_property
    def _sharing(self) -> RunnerSettings:
        return RunnerSettings.from_environment(environment_of(self.whole.plan))


class PartSamples(Samples):
    """Records of a pipeline; each is known by the token of its first part."""

    def __init__(self, whole: Subject, worker: Planned) -> None:
        """Make them as those of the whole pipeline are made."""
        self._worker = worker
        self._of_part = RecordIdentity(worker.settings)
        super().__init__(**whole.sample_terms)

    def token(self, sample: Sample) -> str:
        """Return the run token of a record's first part; raises ``ContractBreak`` where it has none."""
        super().token(sample)
        sent = self._worker.envelope(sample.sent())
        message = Message("sample", sent.text, {}).to_record()
        part = reader(self._worker.settings.source, self._worker.settings.source_options)(message)
        if part.fault:
            raise part.fault
        return self._of_part.token(part)


def _of_worker(plan: PipelinePlan, function: str, mapping: str) -> PipelinePlan:
    """Return the plan as if the worker were its runner."""
    mappings = tuple(one for one in plan.mappings if one.id == mapping)
    return plan.model_copy(update={"runner": function, "mappings": mappings, "streams": ()})


def _shared(envelope: Envelope, sharing: RunnerSettings, record: SampleRecord) -> SampleMessage:
    """Return the first message that a record is shared out into; what is none is handed over as it is."""
    sent = envelope(record)
    typed = {name: {"DataType": "String", "StringValue": value} for name, value in sent.attributes.items()}
    message = Message("sample", sent.text, typed).to_record()
    told = stream_event(message) if sharing.streaming else message
    read = reader(sharing.source, sharing.source_options)(told)
    (output,) = sharing.outputs
    draft = ShareDraft(read.payload_text, None, "", output.options)
    try:
        if read.fault:
            raise read.fault
        token = RecordIdentity(sharing).token(read)
        tenant = RecordIdentity(sharing).tenant(read)
        draft.put(read.fields)
    except (ContractBreak, Invalid):
        return SampleMessage(text=sent.text, objects=sent.objects)
    if not draft.entries:
        return SampleMessage(text=sent.text, objects=sent.objects)
    piece = draft.entries[0]
    facts = ShareFacts(token, read.run_id, tenant, read.correlation_id, 0, len(draft.entries), piece.first)
    text = f'{{"{SHARE}":{facts.to_json()},"{RECORD}":{piece.fields},"{TEXT}":{canonical_json(piece.text)}}}'
    if output.options.get("via") == EVENT_BUS:
        text = f'{{"detail":{text}}}'
    return SampleMessage(text=text, objects=sent.objects)
