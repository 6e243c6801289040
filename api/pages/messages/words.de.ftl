### Meldungen nach Code: siehe code_messages.py nebenan.

## Faults: the name for clinicians, what to change for the client, the spoken cue (under six words).
fault-lumbar_flexion-title = Beugung der Lendenwirbelsäule
fault-lumbar_flexion-change = Gehen Sie nur so tief, wie Ihr Rücken lang bleibt; die Tiefe kommt daher, dass Ihre Hüfte nach hinten wandert.
fault-lumbar_flexion-ear = Rücken lang, Hüfte zurück
fault-early_lumbar-title = Frühe Bewegung der Lendenwirbelsäule
fault-early_lumbar-change = Schicken Sie zuerst die Hüfte nach hinten, und lassen Sie die Brust einen Moment später folgen.
fault-early_lumbar-ear = Die Hüfte beginnt
fault-lumbar_extension-title = Streckung der Lendenwirbelsäule
fault-lumbar_extension-change = Lassen Sie die Rippen etwas tiefer ruhen, damit Ihr Rücken so bleibt, wie er im aufrechten Stand ist.
fault-lumbar_extension-ear = Rippen sanft senken
fault-squatting-title = Kniebeugemuster
fault-squatting-change = Schieben Sie die Hüfte etwas mehr nach hinten, als ob Sie hinter sich eine Autotür schließen, und halten Sie die Knie locker.
fault-squatting-ear = Hüfte zurück, Knie locker
fault-hips_first-title = Hüfte steigt zuerst
fault-hips_first-change = Lassen Sie auf dem Weg nach oben Hüfte und Brust gemeinsam steigen, wie ein Stück.
fault-hips_first-ear = Brust und Hüfte zusammen
fault-shallow-title = Flache Hüftbeuge
fault-shallow-change = Lassen Sie die Hüfte noch etwas weiter nach hinten wandern, bevor Sie hochkommen.
fault-shallow-ear = Hüfte etwas weiter
fault-incomplete_lockout-title = Unvollständige Streckung
fault-incomplete_lockout-change = Beenden Sie jede Wiederholung ganz aufrecht, und atmen Sie dort einmal durch.
fault-incomplete_lockout-ear = Ganz aufrichten
fault-neck-title = Kopfhaltung
fault-neck-change = Lassen Sie den Kopf dem Rücken folgen; schauen Sie auf eine Stelle am Boden, ein paar Schritte vor sich.
fault-neck-ear = Kopf folgt dem Rücken
fault-bouncing-title = Federn im Tiefpunkt
fault-bouncing-change = Ruhen Sie unten einen Moment, bevor Sie hochkommen.
fault-bouncing-ear = Unten kurz ruhen
fault-too_fast-title = Schnelles Absenken
fault-too_fast-change = Nehmen Sie sich für den Weg nach unten zwei bis drei ruhige Sekunden.
fault-too_fast-ear = Langsamer nach unten
fault-weight_shift-title = Gewicht auf den Zehen
fault-weight_shift-change = Lassen Sie die Hüfte nach hinten gehen, bis Sie den ganzen Fuß am Boden spüren, auch die Fersen.
fault-weight_shift-ear = Fersen spüren
fault-lumbar_drift-title = Zunehmende Beugung der LWS im Satz
fault-lumbar_drift-change = Machen Sie eine oder zwei Wiederholungen weniger, damit die letzte so aussieht wie die erste.
fault-lumbar_drift-ear = Pause, dann frisch beginnen

## How clear a fault is.
fault-severity-mild = leicht
fault-severity-marked = deutlich

## The one thing to keep, by sub-score; 'view' where there is none.
keep-spine = Ihr Rücken blieb lang, während die Hüfte die Arbeit machte. Behalten Sie das bei.
keep-hip_drive = Der größte Teil der Bewegung kam aus der Hüfte. Behalten Sie das bei.
keep-knees = Ihre Knie blieben locker und ruhig. Behalten Sie das bei.
keep-depth = Sie haben eine gute Tiefe gefunden. Behalten Sie das bei.
keep-tempo = Ihr Tempo war ruhig. Behalten Sie das bei.
keep-consistency = Ihre Wiederholungen sahen gleich aus. Behalten Sie das bei.
keep-view = Filmen Sie weiter von dieser Stelle: Sie sind gut zu sehen.

## Where there is nothing to change, or the back could not be read.
change-none = Heute ist nichts zu ändern; was als Nächstes kommt, entscheiden Sie mit Ihrer Fachperson.
change-not_measured = Ihr Rücken war diesmal nicht zu erkennen.

## Sub-scores.
subscore-spine = Rücken
subscore-hip_drive = Arbeit aus der Hüfte
subscore-knees = Knie
subscore-depth = Tiefe
subscore-tempo = Tempo
subscore-consistency = Gleichmäßigkeit

## Refusals, by code, without figures; a report's own message contains them, in English.
refusal-unreadable-message = Dieses Video lässt sich nicht öffnen.
refusal-unreadable-advice = Prüfen Sie, ob die Datei noch da ist und Sie sie öffnen dürfen, und versuchen Sie es dann noch einmal.
refusal-not_a_video-message = Diese Datei ist kein Video.
refusal-not_a_video-advice = Wählen Sie das Video selbst, so wie Ihr Handy es gespeichert hat (mp4 oder mov).
refusal-no_video_stream-message = Diese Datei enthält kein bewegtes Bild.
refusal-no_video_stream-advice = Wählen Sie das Video so, wie Ihr Handy es gespeichert hat.
refusal-truncated-message = Dieses Video bricht vor seinem Ende ab.
refusal-truncated-advice = Senden Sie das Video noch einmal und warten Sie, bis es ganz übertragen ist; bricht es wieder ab, filmen Sie neu.
refusal-too_short-message = Dieses Video ist zu kurz.
refusal-too_short-advice = Filmen Sie mindestens eine ganze Hüftbeuge: zwei Sekunden aufrecht stehen, beugen, wieder aufrichten.
refusal-too_long-message = Dieses Video ist länger, als wir auswerten können.
refusal-too_long-advice = Kürzen Sie das Video auf einen Satz, oder filmen Sie Satz für Satz.
refusal-too_large-message = Das Bild dieses Videos ist größer, als wir auswerten können.
refusal-too_large-advice = Filmen Sie in 1080p; ein größeres Bild bringt hier nichts.
refusal-too_dark-message = Das Bild ist zu dunkel, um Sie zu sehen.
refusal-too_dark-advice = Schalten Sie ein Licht an, oder drehen Sie sich so, dass das Fenster hinter dem Handy ist.
refusal-blurred-message = Das Bild ist unscharf.
refusal-blurred-advice = Wischen Sie die Linse ab und lehnen Sie das Handy an etwas Festes.
refusal-no_person-message = In diesem Video ist niemand zu sehen.
refusal-no_person-advice = Stellen Sie das Handy so auf, dass Ihr ganzer Körper im Bild ist, und filmen Sie noch einmal.
refusal-person_lost-message = Wir konnten Ihnen in diesem Video nicht durchgehend folgen.
refusal-person_lost-advice = Bleiben Sie von der ersten bis zur letzten Wiederholung im Bild.
refusal-person_too_small-message = Sie sind im Bild zu klein, um gemessen zu werden.
refusal-person_too_small-advice = Stellen Sie das Handy näher: zwei bis drei Meter sind richtig.
refusal-out_of_frame-message = Ein Teil von Ihnen ist außerhalb des Bildes.
refusal-out_of_frame-advice = Stellen Sie das Handy einen Schritt weiter weg, damit Kopf und Füße im Bild bleiben.
refusal-several_people-message = Im Bild ist mehr als eine Person.
refusal-several_people-advice = Filmen Sie möglichst so, dass niemand sonst im Bild ist.
refusal-not_side_view-message = Die Kamera sieht Sie nicht von der Seite.
refusal-not_side_view-advice = Drehen Sie sich so, dass eine Schulter zum Handy zeigt, und filmen Sie noch einmal.
refusal-camera_moved-message = Die Kamera hat sich während der Übung bewegt.
refusal-camera_moved-advice = Lehnen Sie das Handy an etwas Festes und lassen Sie es dort, während Sie üben.
refusal-camera_tilted-message = Das Bild ist schief.
refusal-camera_tilted-advice = Stellen Sie das Handy aufrecht und gerade hin.
refusal-feet_moved-message = Ihre Füße haben sich während einer Wiederholung bewegt.
refusal-feet_moved-advice = Lassen Sie beide Füße während des Satzes, wo sie sind.
refusal-tempo_uncertain-message = Das Video läuft vielleicht in Zeitlupe.
refusal-tempo_uncertain-advice = Wenn es eine Zeitlupe ist, geben Sie an, wie langsam sie läuft (zum Beispiel 0,125).
refusal-no_standing_reference-message = Ihr eigener aufrechter Stand war nicht zu sehen.
refusal-no_standing_reference-advice = Beginnen Sie, indem Sie zwei Sekunden lang aufrecht und still stehen.
refusal-no_hinge-message = In diesem Video ist keine Hüftbeuge zu sehen.
refusal-no_hinge-advice = Filmen Sie sich von der Seite, während Sie die Hüfte nach hinten schieben und sich wieder aufrichten.
refusal-lumbar_not_measurable-message = Ihr unterer Rücken war nicht zu erkennen.
refusal-lumbar_not_measurable-advice = Tragen Sie ein anliegendes Oberteil, stehen Sie seitlich zur Kamera und lassen Sie die Arme vom Rücken weg.
refusal-model_missing-message = Ein Teil der Messung ist nicht eingerichtet.
refusal-model_missing-advice = Führen Sie aus: hinge-check models fetch
refusal-output_unwritable-message = Das Ergebnis lässt sich nicht speichern.
refusal-output_unwritable-advice = Wählen Sie einen anderen Ordner für das Ergebnis (--out).
refusal-disk_full-message = Für das Ergebnis ist kein Platz mehr.
refusal-disk_full-advice = Schaffen Sie etwas Platz und starten Sie noch einmal; nichts Halbes wurde behalten.
refusal-interrupted-message = Es wurde vor dem Ende angehalten.
refusal-interrupted-advice = Starten Sie noch einmal, wenn Sie so weit sind; nichts Halbes wurde behalten.

## Milder words for the same codes, where a finding did not end the analysis; codes without an entry here use the words above.
finding-too_dark-message = Das Bild ist eher dunkel.
finding-person_lost-message = Sie sind für einen Teil des Videos nicht zu sehen.
finding-out_of_frame-message = Sie reichen an den Bildrand.
finding-camera_moved-message = Die Kamera hat sich etwas bewegt.
finding-person_too_small-message = Sie sind im Bild eher klein.
finding-not_side_view-message = Die Kamera sieht Sie nicht ganz von der Seite.
finding-camera_tilted-message = Das Bild wirkt etwas schief.
finding-several_people-message = Noch jemand ist im Bild; gemessen wird, wer sich beugt.

## Analyses that stopped on our side.
refusal-analysis_crashed-message = Die Auswertung dieses Videos brach zweimal vor dem Ende ab.
refusal-analysis_crashed-advice = Filmen Sie noch einmal, oder senden Sie eine andere Kopie des Videos; nichts anderes wartet darauf.
refusal-too_slow-message = Die Auswertung dieses Videos dauerte länger als vorgesehen.
refusal-too_slow-advice = Filmen Sie noch einmal, oder senden Sie eine andere Kopie des Videos; nichts anderes wartet darauf.
refusal-too_much_memory-message = Die Auswertung dieses Videos brauchte mehr Speicher als vorgesehen.
refusal-too_much_memory-advice = Filmen Sie noch einmal, oder senden Sie eine andere Kopie des Videos; nichts anderes wartet darauf.
refusal-too_much_disk-message = Die Auswertung dieses Videos brauchte mehr Platz als vorgesehen.
refusal-too_much_disk-advice = Filmen Sie noch einmal, oder senden Sie eine andere Kopie des Videos; nichts anderes wartet darauf.
refusal-worker_lost-message = Die Auswertung dieses Videos wurde mehrmals begonnen und kam nicht zum Ende.
refusal-worker_lost-advice = Filmen Sie noch einmal, oder senden Sie eine andere Kopie des Videos; nichts anderes wartet darauf.
refusal-analysis_failed-message = Dieses Video konnte nicht ausgewertet werden.
refusal-analysis_failed-advice = Filmen Sie noch einmal, oder senden Sie eine andere Kopie des Videos; nichts anderes wartet darauf.

## Problems of the service.
problem-invalid_request-title = Etwas in diesem Formular passt noch nicht
problem-invalid_request-advice = Sehen Sie sich die markierten Felder an und senden Sie es noch einmal.
problem-unauthenticated-title = Bitte melden Sie sich an
problem-unauthenticated-advice = Melden Sie sich an und versuchen Sie es dann noch einmal.
problem-forbidden-title = Das ist für Sie nicht freigegeben
problem-forbidden-advice = Fragen Sie Ihre Fachperson, wenn Sie es brauchen.
problem-csrf-title = Dieses Formular war lange offen
problem-csrf-advice = Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal.
problem-not_found-title = Hier ist nichts
problem-not_found-advice = Prüfen Sie die Adresse oder gehen Sie zur Startseite.
problem-method_not_allowed-title = Das geht hier nicht
problem-method_not_allowed-advice = Gehen Sie zurück zu der Seite, von der Sie kamen.
problem-not_acceptable-title = In dieser Form gibt es das nicht
problem-not_acceptable-advice = Wählen Sie eine andere Form.
problem-request_timeout-title = Die Verbindung war zu lange unterbrochen
problem-request_timeout-advice = Prüfen Sie die Verbindung und senden Sie es noch einmal.
problem-conflict-title = Es hat sich inzwischen geändert
problem-conflict-advice = Laden Sie die Seite neu, um den jetzigen Stand zu sehen, und versuchen Sie es dann noch einmal.
problem-not_ready-title = Noch nicht fertig
problem-not_ready-advice = Das Video wird noch ausgewertet; kommen Sie gleich noch einmal.
problem-consent_required-title = Ein Video kann gesendet werden, sobald Sie dem Speichern zugestimmt haben
problem-consent_required-advice = Lesen Sie die drei Fragen zu Ihrem Video und antworten Sie, wie Sie möchten; nötig ist nur die erste.
problem-intake_required-title = Zuerst kommen ein paar Fragen
problem-intake_required-advice = Beantworten Sie die Fragen zu Ihrer Gesundheit; es dauert zwei Minuten.
problem-clearance_required-title = Ihre Fachperson sieht sich zuerst Ihre Antworten an
problem-clearance_required-advice = Bitte warten Sie mit dem Filmen, bis Ihre Fachperson mit Ihnen gesprochen hat. Wenn es Ihnen schlechter geht, suchen Sie ärztliche Hilfe.
problem-not_shown-title = Dieses Video ist nicht für Sie freigegeben
problem-not_shown-advice = Die Zahlen sind hier; fragen Sie die Person, wenn Sie das Video sehen müssen.
problem-link_invalid-title = Dieser Link ist nicht vollständig
problem-link_invalid-advice = Öffnen Sie den Link genau so, wie er Ihnen gesendet wurde.
problem-link_expired-title = Dieser Link ist abgelaufen
problem-link_expired-advice = Fragen Sie nach einem neuen Link.
problem-link_used-title = Dieser Link wurde schon verwendet
problem-link_used-advice = Fragen Sie nach einem neuen Link.
problem-length_required-title = So konnte es nicht angenommen werden
problem-length_required-advice = Senden Sie es noch einmal von dieser Seite aus.
problem-precondition_failed-title = Es wurde inzwischen an anderer Stelle geändert
problem-precondition_failed-advice = Laden Sie die Seite neu, um den jetzigen Stand zu sehen, und versuchen Sie es dann noch einmal.
problem-upload_mismatch-title = Die Übertragung ist an einer anderen Stelle
problem-upload_mismatch-advice = Sie geht dort weiter, wo sie ist.
problem-upload_empty-title = Es ist nichts angekommen
problem-upload_empty-advice = Wählen Sie das Video noch einmal und senden Sie es.
problem-upload_expired-title = Diese Übertragung wurde nach langer Pause aufgegeben
problem-upload_expired-advice = Wählen Sie das Video noch einmal; es beginnt von vorn.
problem-too_large-title = Das ist zu groß
problem-too_large-advice = Kürzen Sie das Video auf einen Satz, oder filmen Sie in 1080p.
problem-wrong_media_type-title = Hier wird eine andere Art von Datei gebraucht
problem-wrong_media_type-advice = Wählen Sie das Video so, wie Ihr Handy es gespeichert hat (mp4 oder mov).
problem-range_not_satisfiable-title = Diesen Teil des Videos gibt es nicht
problem-range_not_satisfiable-advice = Laden Sie die Seite neu und spielen Sie es noch einmal ab.
problem-refused_video-title = Dieses Video lässt sich nicht verwenden
problem-refused_video-advice = Filmen Sie noch einmal.
problem-too_many_requests-title = Das waren viele Versuche
problem-too_many_requests-advice = Warten Sie einen Moment und versuchen Sie es dann noch einmal.
problem-unavailable-title = Gerade nicht erreichbar
problem-unavailable-advice = Versuchen Sie es gleich noch einmal.
problem-storage_full-title = Bei uns ist kein Platz mehr
problem-storage_full-advice = Versuchen Sie es später noch einmal und sagen Sie Ihrer Praxis Bescheid.
problem-internal-title = Bei uns hat etwas nicht geklappt
problem-internal-advice = Versuchen Sie es gleich noch einmal.

## A clinician's verdict: for clinicians, and in kind words for the client.
verdict-progress = Weiter zur nächsten Stufe
verdict-hold = Auf dieser Stufe bleiben
verdict-regress = Eine Stufe zurück
verdict-progress-client = Sie sind bereit für die nächste Stufe.
verdict-hold-client = Bleiben Sie vorerst bei dieser Übung; sie tut, was sie soll.
verdict-regress-client = Im Moment passt eine leichtere Übung besser. Das gehört ganz normal dazu.
verdict-not_enough_data = Noch nicht genug Anhaltspunkte

## Reasons for a suggestion, as headings; the sentence with its figures is the report's own.
reason-sessions = Sitzungen als Grundlage
reason-reps_in_band = Wiederholungen im Rahmen
reason-steadiness = Gleichmäßigkeit
reason-drift = Veränderung im Satz
reason-pain_during = Schmerz während des Satzes
reason-next_morning = Der nächste Morgen
reason-pain_change = Schmerz in Ruhe
reason-stopped_early = Vorzeitig beendete Sätze

## What is followed over time.
metric-score = Punktzahl
metric-hip_share = Anteil der Hüfte an der Beugung
metric-hip_deg = Hüftbeugung
metric-lumbar_deg = Beugung der Lendenwirbelsäule
metric-pain_before = Schmerz vor dem Satz
metric-pain_worst = Stärkster Schmerz während des Satzes
metric-rpe = Anstrengung
metric-load_kg = Last

## Phases of a repetition.
phase-stand = Stand
phase-descent = Weg nach unten
phase-bottom = Tiefpunkt
phase-ascent = Weg nach oben

## Bundled protocols.
protocol-bodyweight_hinge = Hüftbeuge ohne Gewicht
protocol-bow = Kellner-Verbeugung
protocol-deadlift = Kreuzheben
protocol-dowel_hinge = Hüftbeuge mit Stab
protocol-good_morning = Good Morning (Rumpfvorbeuge)
protocol-kettlebell_deadlift = Kreuzheben mit der Kettlebell
protocol-rdl = Rumänisches Kreuzheben
protocol-wall_tap = Hüftbeuge zur Wand

## What the live coach says apart from the cues ('fault-…-ear').
say-instruction-step_into_view = Kommen Sie ins Bild, seitlich zur Kamera.
say-instruction-show_whole_body = Stellen Sie sich so, dass Sie ganz zu sehen sind.
say-instruction-show_head = Neigen Sie die Kamera etwas nach oben.
say-instruction-show_feet = Neigen Sie die Kamera etwas nach unten.
say-instruction-come_closer = Kommen Sie einen Schritt näher.
say-instruction-move_back = Gehen Sie einen Schritt zurück.
say-instruction-turn_side_on = Drehen Sie die Seite zur Kamera.
say-instruction-more_light = Bitte schalten Sie ein Licht an.
say-instruction-one_person = Bitte nur eine Person im Bild.
say-instruction-face_level = Stellen Sie die Kamera gerade.
say-instruction-steady_camera = Stellen Sie die Kamera fest hin.
say-instruction-stand_tall = Stehen Sie aufrecht und still.
say-instruction-hinge_when_ready = Hüfte nach hinten, wenn Sie so weit sind.
say-instruction-rest = Pause. Beginnen Sie wieder, wann Sie möchten.
say-instruction-paused = Angehalten.
say-instruction-done = Fertig. Gut gearbeitet.
say-notice-person_lost = Ich sehe Sie nicht
say-notice-welcome_back = Da sind Sie, weiter geht's
say-notice-second_person = Noch jemand ist im Bild
say-notice-camera_moved = Die Kamera hat sich bewegt
say-notice-gap = Bild stockte, Zählung bleibt
say-notice-slow_frames = Das Bild ist langsam
say-notice-too_dark = Es wird dunkel
say-notice-back_not_readable = Ihr Rücken ist verdeckt
say-notice-turned_around = Sie haben sich gedreht
say-notice-resumed = Weiter, die Zählung bleibt
say-praise-that_is_it = Genau so
say-praise-keep_that = Gut, so weiter
say-praise-good_set = Ein ruhiger Satz

## The bundled ladder: shown where a clinic has not written its own words.
ladder-title = Vom Liegen zum Kreuzheben
step-bridge-title = Brücke
step-bridge-instruction-1 = Legen Sie sich auf den Rücken, Knie gebeugt, Füße flach und hüftbreit.
step-bridge-instruction-2 = Drücken Sie die Füße in den Boden und heben Sie die Hüfte, bis Schultern, Hüfte und Knie eine Linie bilden.
step-bridge-instruction-3 = Die Kraft kommt aus dem Gesäß; der untere Rücken ruht. Atmen Sie auf dem Weg nach oben aus.
step-bridge-instruction-4 = Halten Sie einen Atemzug lang und senken Sie sich langsam.
step-bird_dog-title = Vierfüßler, diagonal
step-bird_dog-instruction-1 = Gehen Sie auf Hände und Knie, Hände unter den Schultern, Knie unter der Hüfte.
step-bird_dog-instruction-2 = Strecken Sie langsam einen Arm nach vorn und das Bein der anderen Seite nach hinten.
step-bird_dog-instruction-3 = Halten Sie den Rücken ruhig, als stünde ein Glas Wasser darauf.
step-bird_dog-instruction-4 = Halten Sie einen Atemzug lang, kommen Sie zurück und wechseln Sie die Seite.
step-bow-title = Kellner-Verbeugung
step-bow-instruction-1 = Stehen Sie seitlich zum Handy, Füße hüftbreit, und stehen Sie zwei Sekunden lang aufrecht und still.
step-bow-instruction-2 = Halten Sie die Knie fast gestreckt und verbeugen Sie sich aus der Hüfte, wie ein Kellner.
step-bow-instruction-3 = Lassen Sie den Rücken so, wie er im Stehen war; gehen Sie nur so weit, wie er so bleibt.
step-bow-instruction-4 = Kommen Sie langsam wieder hoch.
step-dowel_hinge-title = Hüftbeuge mit Stab
step-dowel_hinge-instruction-1 = Halten Sie einen Stab an den Rücken: Er berührt den Kopf, den oberen Rücken und die Rückseite des Beckens.
step-dowel_hinge-instruction-2 = Lockern Sie die Knie und schieben Sie die Hüfte nach hinten; halten Sie alle drei Berührungen.
step-dowel_hinge-instruction-3 = Gehen Sie so weit, wie der Stab an seinem Platz bleibt, und richten Sie sich dann ganz auf.
step-wall_tap-title = Hüftbeuge zur Wand
step-wall_tap-instruction-1 = Stehen Sie mit dem Rücken zu einer Wand, eine Fußlänge davon entfernt.
step-wall_tap-instruction-2 = Lockern Sie die Knie und schieben Sie die Hüfte nach hinten, bis sie die Wand berührt.
step-wall_tap-instruction-3 = Richten Sie sich ganz auf. Wenn es leicht geht, stellen Sie sich etwas weiter weg.
step-bodyweight_hinge-title = Hüftbeuge ohne Gewicht
step-bodyweight_hinge-instruction-1 = Stehen Sie aufrecht, Füße hüftbreit, die Arme hängen.
step-bodyweight_hinge-instruction-2 = Lockern Sie die Knie und schieben Sie die Hüfte nach hinten, als ob Sie hinter sich eine Autotür schließen.
step-bodyweight_hinge-instruction-3 = Lassen Sie die Brust nach vorn folgen und halten Sie den Rücken lang.
step-bodyweight_hinge-instruction-4 = Wenn Sie die Rückseite der Oberschenkel spüren, richten Sie sich wieder ganz auf.
step-rdl-title = Rumänisches Kreuzheben
step-rdl-instruction-1 = Halten Sie das Gewicht vor den Oberschenkeln; beginnen Sie mit dem, was sich leicht anfühlt.
step-rdl-instruction-2 = Lockern Sie die Knie und lassen Sie das Gewicht an den Beinen hinabgleiten, während die Hüfte nach hinten geht.
step-rdl-instruction-3 = Halten Sie dort an, wo Sie die Rückseite der Oberschenkel spüren; richten Sie sich ganz auf.
step-kettlebell_deadlift-title = Kreuzheben mit der Kettlebell
step-kettlebell_deadlift-instruction-1 = Stellen Sie die Kettlebell zwischen die Füße; stehen Sie aufrecht darüber.
step-kettlebell_deadlift-instruction-2 = Schieben Sie die Hüfte nach hinten und lassen Sie die Hände zum Griff sinken.
step-kettlebell_deadlift-instruction-3 = Atmen Sie ein, drücken Sie den Boden weg und richten Sie sich ganz auf.
step-deadlift-title = Kreuzheben
step-deadlift-instruction-1 = Stehen Sie nah an der Stange, Füße hüftbreit.
step-deadlift-instruction-2 = Schieben Sie die Hüfte nach hinten und beugen Sie die Knie, bis die Hände die Stange erreichen.
step-deadlift-instruction-3 = Atmen Sie ein, drücken Sie den Boden weg und lassen Sie Hüfte und Brust gemeinsam steigen.
