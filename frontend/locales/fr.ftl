# Tous les textes de l'application en français : les mêmes clés et les mêmes arguments que dans en.ftl, où
# la syntaxe est expliquée. Ici, [one] vaut pour 0 et 1. Une espace simple avant : ; ! ? % et dans « »
# suffit : la compilation en fait une espace fine insécable, et refuse le signe collé au mot.

## Cadre : où l'on peut aller

places = Navigation principale
nav-board = Tableau
nav-deployments = Déploiements
nav-vault = Coffre
nav-environments = Environnements
nav-schedule = Calendrier
nav-metrics = Indicateurs
nav-needs-you = À traiter
nav-settings = Réglages
nav-now = En ce moment
nav-more = Plus
skip-to-content = Aller au contenu
nav-waiting-for-you = { $count ->
    [0] Rien ne vous attend
    [one] { NUMBER($count) } élément vous attend
   *[other] { NUMBER($count) } éléments vous attendent
}

## Synchronisation : les mots de l'indicateur, aussi courts que possible

sync-synced = Synchronisé
sync-saving = Enregistrement · { NUMBER($count) }
sync-offline = Hors ligne
sync-offline-waiting = Hors ligne · { NUMBER($count) } en attente
sync-needs-you = À traiter · { NUMBER($count) }
sync-connecting = Connexion…

## Boutons communs à plusieurs pages

button-save = Enregistrer
button-cancel = Annuler
button-close = Fermer
button-undo = Défaire
button-edit = Modifier
button-add = Ajouter
button-remove = Retirer
button-delete = Supprimer
button-copy = Copier
button-copied = Copié
button-retry = Réessayer
button-discard = Abandonner
button-back = Retour
button-next = Suivant
button-continue = Continuer
button-open = Ouvrir
button-search = Rechercher
button-show-more = Afficher plus
button-show-less = Afficher moins
button-new-deployment = Nouveau déploiement
button-sign-in = Se connecter
button-sign-out = Se déconnecter

## Frame

board = Tableau
deployments = Déploiements
needs-you = À traiter
settings = Réglages
new-deployment = Nouveau déploiement
new-short = Nouveau
nowhere = Rien à cette adresse
nowhere-what = Le lien est peut-être ancien, ou il lui manque un signe.
go-to-board = Aller au tableau
back-to = Retour : { $place }
you-are-here = Vous êtes ici
your-settings = – réglages
search-deployments = Chercher un déploiement
loading = Slipway démarre
reload = Recharger
later = Plus tard
undo = Annuler
dismiss = Fermer l'avis
optional = (facultatif)
someone = Quelqu'un
try-again = Réessayer
and-more = et { NUMBER($count) } de plus
update-ready = Une nouvelle version est là
update-ready-what = Rien de ce que vous avez écrit n'est perdu
undo-done = Annulé : { $what }
undo-nothing = Il n'y a rien à annuler
undo-all-the-same = Annuler quand même ?
undo-changed = { $who } a modifié cela depuis. Annuler quand même votre action ? ({ $what })
undo-take-back = Annuler quand même
undo-leave = Laisser

## This device: what a person must know before anything else

memory-only = Rien n'est gardé sur cet appareil
memory-only-what = Le navigateur n'accorde aucun stockage : ce que le serveur n'a pas encore disparaît avec cet onglet.
memory-only-still = Le navigateur n'accorde toujours aucun stockage.
restored = Le serveur a été restauré à un état antérieur
restored-to = Le serveur a été restauré à un état antérieur ({ $time })
restored-again = { $count -> [0] Aucun de vos changements n'a dû être renvoyé. [one] { NUMBER($count) } de vos changements a été renvoyé. *[other] { NUMBER($count) } de vos changements ont été renvoyés. }
restored-asked = { $count -> [one] { NUMBER($count) } vous attend. *[other] { NUMBER($count) } vous attendent. }
restored-lost = { $count -> [one] { NUMBER($count) } changement d'une autre personne n'est connu qu'ici, jusqu'à ce que son navigateur le rapporte. *[other] { NUMBER($count) } changements d'autres personnes ne sont connus qu'ici, jusqu'à ce que leurs navigateurs les rapportent. }
button-dismiss = Masquer
opaque = Mettez l'application à jour pour tout voir
opaque-what = Quelqu'un travaille avec une version plus récente, et celle-ci ne comprend pas tout. Ce que vous faites ici est gardé et envoyé comme d'habitude.
waits-for-server = En attente d'une mise à jour du serveur
waits-for-server-what = Le serveur ne connaît pas encore ce que vous avez fait. C'est gardé ici et envoyé après sa mise à jour ; la suite attend aussi.
waits-long = Des changements attendent sur cet appareil depuis plus d'un jour
waits-long-what = Le navigateur n'a pas promis de les garder. Connectez-vous au serveur, ou enregistrez-les dans un fichier.
clock-off = L'horloge de cet appareil est fausse : { $how }
clock-off-what = Vos changements sont datés par l'horloge du serveur, rien ne se perd ; mais les dates lues et saisies ici sont décalées.
outdated = Cette version est trop ancienne pour le serveur
outdated-what = Votre travail est gardé ici, et part après le rechargement.
save-unsent = Enregistrer les changements non envoyés
unreachable = Pas encore de copie ici, et le serveur ne répond pas
unreachable-what = Une fois que cet appareil aura joint le serveur, tout marchera aussi sans lui.

## Sync: the panel

sync = Synchronisation
sync-connecting-what = Ce que vous faites est enregistré sur cet appareil en attendant.
sync-synced-long = Tout est confirmé
sync-synced-what = Le serveur a tous vos changements, et vous avez tous les siens.
sync-saving-long = { $count -> [one] { NUMBER($count) } changement est en route *[other] { NUMBER($count) } changements sont en route }
sync-saving-what = Enregistré sur cet appareil ; le serveur confirme dans un instant.
sync-offline-long = Le serveur ne répond pas
sync-offline-waiting-long = { $count -> [one] Hors ligne, { NUMBER($count) } changement attend sur cet appareil *[other] Hors ligne, { NUMBER($count) } changements attendent sur cet appareil }
sync-offline-what = Tout marche ici. L'envoi se fait tout seul au retour du serveur.
sync-needs-you-what = Le serveur a refusé quelque chose. La raison et la suite sont dans À traiter.
waiting = En attente
waiting-answered = Confirmé d'un instant à l'autre
waiting-saved = Enregistré sur cet appareil
waiting-unsaved = Dans cet onglet seulement, enregistrement en cours
waiting-sent = Envoyé, en attente de la réponse
waiting-needs-server = Retenu : il faut un serveur plus récent
waiting-needs-app = Retenu : il faut une application plus récente
waiting-refused = Ce serait refusé maintenant : { $why }
waiting-since = En attente depuis
sent-of = { NUMBER($sent) } sur { NUMBER($count) } envoyés
open-needs-you = Ouvrir À traiter
talks-with = En lien avec
this-tab-leads = { $server }, dans cet onglet
other-tab-leads = { $server }, dans un autre onglet
last-in-step = Dernier accord
never = Jamais
kept = Gardé
kept-in-memory = dans cet onglet seulement
kept-promised = sur cet appareil, promis
kept-evictable = sur cet appareil, peut être effacé
kept-on-device = sur cet appareil
storage-used = Espace utilisé
clock = Horloge de cet appareil
clock-ahead = { $minutes -> [one] { NUMBER($minutes) } minute d'avance *[other] { NUMBER($minutes) } minutes d'avance }
clock-behind = { $minutes -> [one] { NUMBER($minutes) } minute de retard *[other] { NUMBER($minutes) } minutes de retard }
server-says = Le serveur dit
server-full = Il n'a plus de place. Vos actions attendent ici qu'il en ait.
server-busy = Il est occupé. Une nouvelle tentative part d'elle-même.
server-failed = Il n'a pas pu enregistrer. Vos actions attendent ici et repartiront.
server-other = Il n'a pas accepté la dernière demande. Vos actions attendent ici.
try-now = Essayer maintenant
ask-to-keep = Demander au navigateur de garder
unsent = Changements pas encore envoyés
only-here = ici seulement

## Needs you

needs-nothing = Rien ne vous attend
needs-nothing-what = Ce que le serveur refuse revient ici, avec la raison et ce que vous pouvez faire.
still-wanted = Toujours d'actualité ? { $what }
button-ask-again = Redemander
button-no-longer = Plus maintenant
button-reopen-and-apply = Remettre et appliquer
what-you-wrote = Ce que vous avez écrit
what-you-did = { $count -> [one] { NUMBER($count) } changement *[other] Les { NUMBER($count) } changements }
discarded = { $count -> [one] { NUMBER($count) } changement abandonné *[other] { NUMBER($count) } changements abandonnés }
save-all = Tout enregistrer dans un fichier
two-versions = 2 versions
own-conflict = Votre version de { $what } pour { $name } a cédé à une plus récente
lost = Connu ici, absent du serveur
lost-what = Le serveur a été restauré à un état antérieur. Cela revient tout seul quand les navigateurs de ces personnes se connectent ; ce qui reste ici est à refaire.
lost-judged = A dit si { $what } peut être déployé
lost-unknown = quelque chose que cette version ne connaît pas
save-lost = Enregistrer dans un fichier
unreadable = { $count -> [one] { NUMBER($count) } changement de cet appareil est illisible *[other] { NUMBER($count) } changements de cet appareil sont illisibles }
unreadable-what = Le stockage de cet appareil a été endommagé. La suite attend que vous ayez regardé ; enregistrez-le dans un fichier avant d'abandonner.
save-unreadable = Enregistrer dans un fichier
declined = Refusé : { $what }

## Settings

this-device = Cet appareil
language = Langue
language-what = Les dates et les nombres la suivent
theme = Thème
theme-system = Comme le système
theme-light = Clair
theme-dark = Sombre
density = Densité
density-compact = Compacte
density-comfortable = Aérée
single-keys = Raccourcis d'une seule touche
single-keys-what = À désactiver si vous dictez, ou si des touches partent par accident
offline-here = Sans réseau
sync-setting-what = Ce qui attend, depuis quand, et comment c'est gardé
storage-promised = Le navigateur a promis de garder les données de l'application
storage-promised-what = Elles ne sont effacées que si vous les effacez.
storage-evictable = Le navigateur peut effacer les données de l'application
storage-evictable-what = Quand la place manque, ou après des semaines sans visite. Rien de ce que le serveur a confirmé n'est perdu.
install = Installer l'application
install-what = Sa fenêtre et son icône ; les navigateurs gardent plus longtemps les données installées
install-button = Installer…
about = Slipway { $version }

## Keys

keys = Clavier
keys-search = Chercher
keys-search-anywhere = Chercher, de partout
keys-new = Nouveau déploiement
keys-board = Aller au tableau
keys-deployments = Aller aux déploiements
keys-needs-you = Aller à À traiter
keys-cards = De carte en carte
keys-open = Ouvrir
keys-move = Déplacer la carte
keys-menu = Menu de la carte
keys-tick = Cocher le contrôle
keys-edit = Modifier le titre
keys-undo = Annuler
keys-back = Retour
keys-sheet = Cette feuille

## Board

list = Liste
board-or-list = Tableau ou liste
columns = Colonnes
in-flight = { NUMBER($count) } en cours
found-on-board = { $count -> [0] Rien trouvé [one] { NUMBER($count) } trouvé *[other] { NUMBER($count) } trouvés }
show-service = Service affiché
all-services = Tous les services
show-all = Tout afficher
cards-count = { $count -> [0] aucun déploiement [one] 1 déploiement *[other] { NUMBER($count) } déploiements }
median-age = méd. { $age }
age-now = à l'instant
age-minutes = { NUMBER($count) } min
age-hours = { NUMBER($count) } h
age-days = { NUMBER($count) } j
column-queue-empty = Construits et testés, en attente d'un premier déploiement effectif.
column-environment-empty = Une carte arrive ici avec sa mise en place en { $environment }.
column-production-empty = En cours de mise en { $environment }, ou tout juste terminé.
column-approval-empty = Vérifiés, en attente du feu vert.
column-monitoring-empty = En service, et suivis jusqu'à la clôture.
card-menu = Actions pour cette carte
card-rolling-out = Mise en place en { $environment }
card-failed = Échec en { $environment }
card-rolled-back = Retour arrière en { $environment }
card-checks-failed = { $count -> [one] { NUMBER($count) } contrôle en échec *[other] { NUMBER($count) } contrôles en échec }
checks-done = { NUMBER($done) } contrôles faits sur { NUMBER($all) }
in-column-for = Dans cette colonne depuis { $age }
move-to = Déplacer vers
move-to-top = Tout en haut
move-to-bottom = Tout en bas
records-rollout = Enregistre une mise en place en { $environment }
drop-records = Déposer ici enregistre une mise en place en { $environment }
moved = { $what } déplacé vers { $column }
moving = Déplacement de { $what }
moving-column = colonne
moving-place = place
moving-drop = déposer
moving-cancel = remettre
move-begun = Mode déplacement. Les flèches choisissent la colonne et la place, Entrée dépose la carte, Échap la remet.
move-cancelled = Remise où elle était
move-spot = { $column }, place { NUMBER($place) } sur { NUMBER($count) }
finish = Clôturer
finish-what = La retire du tableau ; elle reste dans la liste
finished = { $what } clôturé
open-as-page = Ouvrir en page entière

## Rollouts

not-rolled-out = pas mis en place
phase-started = En cours
phase-succeeded = Réussi
phase-failed = Échoué
phase-rolled-back = Retour arrière
record-title = { $what } en { $environment }
record-what = Enregistrez ce qui se passe ou s'est passé. La carte suit toute seule.
record-how = Où en est-on ?
record-started = C'est commencé
record-started-what = La mise en place est en cours
record-succeeded = C'est réussi
record-succeeded-what = La version est en place et fonctionne
record-failed = Cela a échoué
record-failed-what = Un problème en chemin, ou juste après
record-rolled-back = Retour arrière effectué
record-rolled-back-what = La version précédente est de nouveau en place
record-when = Quand
record-when-default = (maintenant, si vide)
record-note = Note
record-button-started = Enregistrer le début
record-button-succeeded = Enregistrer la réussite
record-button-failed = Enregistrer l'échec
record-button-rolled-back = Enregistrer le retour arrière
record-outcome = Enregistrer l'issue
record-change = Enregistrer une suite
record-rollout = Enregistrer une mise en place
request-rollout = Demander la mise en place
request-rollout-what = Elle commence quand le serveur l'accorde : le passage doit être ouvert
requested = Demandé
requested-in = Demandé : { $environment }
outside-gate = Mis en place hors du passage
gate-open = Passage avant { $environment } : ouvert
gate-closed = Passage avant { $environment } : fermé
approved = Approuvé
declined-word = Refusé
approve = Approuver
decline = Refuser
decision-note = Note ; le motif, pour refuser
approval-requested = Approbation demandée, en attente du serveur
decline-requested = Refus demandé, en attente du serveur
lapse-stale = périmé : modifié depuis
lapse-not-approver = ne compte pas : n'est plus approbateur
lapse-own-work = ne compte pas : l'a ouvert
took = a pris { $time }

## Deployment

deployment = Déploiement
sealed = Ce déploiement est clôturé depuis plus de 30 jours.
sealed-what = Ses détails sont sur le serveur.
sealed-read = Ces détails viennent du serveur. Pour les modifier, remettez le déploiement sur le tableau.
show-details = Afficher les détails
details-offline = Les détails sont sur le serveur, qui ne répond pas pour l'instant. Ce que vous voyez ici reste sur cet appareil ; réessayez quand le serveur sera revenu.
details-failed = Le serveur n'a pas ces détails tels qu'ils ont été mis de côté. Rien n'a changé ; prévenez la personne qui le gère.
unknown-deployment = Déploiement inconnu
unknown-deployment-what = Il n'est pas sur cet appareil. Il a peut-être été créé ailleurs et n'est pas encore arrivé.
opened-by = ouvert par { $name }
title = Titre
edit-title = Modifier le titre
title-edited = Titre modifié
label = Étiquette
add-label = Ajouter une étiquette
new-label = Nouvelle étiquette…
label-added = étiquette ajoutée
label-removed = Étiquette { $label } retirée
remove-label = Retirer { $label }
stages = Étapes
mark-stage = Marquer { $stage }
stage-marked = { $stage } : { $state }
stage-build = Construire
stage-test = Tester
stage-stage = Préparer
stage-verify = Vérifier
stage-approve = Approuver
stage-deploy = Déployer
stage-monitor = Suivre
stage-none = Aucune étape commencée
stage-not-started = pas commencé
stage-running = en cours
stage-passed = réussi
stage-failed = échoué
stage-skipped = sauté
more-actions = Autres actions
copy-markdown = Copier en Markdown
copied-markdown = Copié en Markdown
copy-failed = Le navigateur n'a pas permis de copier. Téléchargez plutôt le fichier.
download-markdown = Télécharger en .md
print = Imprimer…
reopen = Remettre sur le tableau
reopened = { $what } est de retour sur le tableau
facts = Faits
column = Colonne
service = Service
off-the-board = Clôturé
moved-by = Déplacé par
environments = Environnements
changes = Changements
add-change = Ajouter un changement
add-change-hint = Ajouter un changement : 9f1c2a7 Garder les clés 30 jours
add-check = Ajouter un contrôle
check-menu = Répondre autrement
check-changed = contrôle « { $check } »
check-done = fait
check-failed = échoué
check-not-applicable = sans objet
check-reopened = rouvert
check-mark-done = Fait
check-mark-failed = Échoué
check-mark-not-applicable = Sans objet
check-mark-open = Rouvrir
add-evidence = Ajouter une preuve…
evidence = Preuve
evidence-hint = Un lien ou une note qui le montre
text = Texte
edit-text = Modifier le texte
text-edited = Texte modifié
write-rollback-plan = Écrire le plan de retour arrière
markdown-works = Markdown fonctionne ici
conflict = { $name } a modifié { $what } sans voir l'édition plus récente
conflict-title = le titre
conflict-version = la version
conflict-text = un texte
conflict-take = Prendre celle-ci
conflict-taken = Repris
timeline = Chronologie
happened-opened = a ouvert le déploiement
happened-entered = l'a déplacé vers { $column }
happened-ticked = a coché { $check }
happened-reopened-check = a rouvert { $check }
happened-failed-check = a marqué en échec : { $check }
happened-not-applicable = a marqué sans objet : { $check }
happened-marked = a marqué { $stage } : { $state }
happened-reported = a signalé { $environment } : { $phase }
happened-finished = l'a clôturé

## The list of deployments

version = Version
where-it-is = Où
checks = Contrôles
opened = Ouvert
which = Quels déploiements
which-all = Tous
which-open = Ouverts
which-finished = Clôturés
deployments-count = { $count -> [0] Aucun déploiement [one] 1 déploiement *[other] { NUMBER($count) } déploiements }
no-deployments = Pas encore de déploiement
no-deployments-what = Un déploiement est une version d'un service en route vers la production. Il commence par une liste de contrôles issue du modèle. Les versions passées peuvent être reprises des étiquettes d'un dépôt avec : slipway import git-tags --repo CHEMIN --service NOM
none-found = Rien trouvé
none-found-what = Chaque mot doit être dans la version, le titre ou le service.

## New deployment

create-deployment = Créer le déploiement
deployment-opened = { $what } ouvert
draft-restored = Votre brouillon a été gardé.
start-over = Recommencer
draft-kept = Gardé sur cet appareil pendant que vous écrivez
version-missing = Un déploiement a besoin d'une version.
version-latest = La dernière est { $version }
version-hint = Telle qu'elle est appelée à la construction
title-hint = Ce qui change pour les personnes qui s'en servent
service-name = Nom du service
pick-service = Choisir un service
add-service = Ajouter un service…
service-missing = De quel service s'agit-il ?
document = Document
markdown = Markdown
preview = Aperçu
open-markdown = Ouvrir un fichier .md
document-summary = { $sections -> [one] { NUMBER($sections) } section *[other] { NUMBER($sections) } sections }, { $checks -> [one] { NUMBER($checks) } contrôle *[other] { NUMBER($checks) } contrôles }
text-too-long = Trop long pour être lu : un déploiement à la fois.
text-unreadable = Il n'y a encore rien à lire.
warning-front-matter = Ligne { NUMBER($line) } : { NUMBER($lines) } lignes d'en-tête laissées de côté
warning-above-sections = Ligne { NUMBER($line) } : ce qui précède la première section est gardé dans une section à part
warning-second-deployment = Ligne { NUMBER($line) } : un second déploiement commence ici, gardé comme sections du premier
warning-stray-text = Ligne { NUMBER($line) } : ce texte parmi les éléments est gardé sous la liste
warning-flattened = Ligne { NUMBER($line) } : un élément sous un autre est gardé dans la même liste
warning-unknown-mark = Ligne { NUMBER($line) } : [{ $mark }] n'est pas une marque connue, gardée comme texte
warning-unreadable-time = Ligne { NUMBER($line) } : cette heure n'est pas lisible, gardée comme texte
warning-fence = Ligne { NUMBER($line) } : ce bloc n'est jamais fermé, gardé comme texte

## What was asked for, in a list or with Undo

command-nothing = Rien (annulé)
command-create-workspace = Créer { $name }
command-add-member = Ajouter une personne
command-set-role = Changer le rôle d'une personne
command-add-service = Ajouter le service { $name }
command-create-label = Ajouter l'étiquette { $name }
command-open = Ouvrir { $what }
command-move = Déplacer { $what } vers { $column }
command-edit-title = Modifier le titre de { $what }
command-edit-version = Modifier la version de { $what }
command-edit-text = Modifier un texte de { $what }
command-add-check = Ajouter « { $check } » à { $what }
command-check-open = Rouvrir « { $check } » sur { $what }
command-check-done = Cocher « { $check } » sur { $what }
command-check-failed = Marquer « { $check } » en échec sur { $what }
command-check-not-applicable = Marquer « { $check } » sans objet sur { $what }
command-attach-changes = { $count -> [one] Ajouter un changement *[other] Ajouter { NUMBER($count) } changements } à { $what }
command-mark-stage = Marquer { $stage } : { $state } sur { $what }
command-add-label = Mettre { $label } sur { $what }
command-remove-label = Retirer { $label } de { $what }
command-finish = Clôturer { $what }
command-reopen = Remettre { $what } sur le tableau
command-seal = Laisser au serveur les détails de { $what }
command-unseal = Reprendre les détails de { $what }
command-approve = Approuver pour { $environment } : { $what }
command-decline = Refuser pour { $environment } : { $what }
command-rollout-started = { $environment } commencé : { $what }
command-rollout-succeeded = { $environment } réussi : { $what }
command-rollout-failed = { $environment } échoué : { $what }
command-rollout-rolled-back = { $environment }, retour arrière : { $what }
command-request-rollout = Demander la mise en place en { $environment } : { $what }

## Why something can't be done: what happened, what was kept, what you can do

rejected-workspace-exists = L'espace existe déjà. Rien n'a changé ; utilisez celui qui est là.
rejected-id-taken = Cela existe déjà. Rien n'a changé ; voyez ce qui est là.
rejected-name-taken = { $name } existe déjà. Rien n'a changé ; choisissez un autre nom.
rejected-text-missing = Champ vide : { $field }. Rien n'a changé ; écrivez quelque chose.
rejected-text-too-long = Trop long : { $field }. Rien n'a changé ; restez sous { NUMBER($limit) } signes.
rejected-text-has-lines = Une seule ligne pour : { $field }. Rien n'a changé ; joignez les lignes.
rejected-too-many = { NUMBER($count) } d'un coup, c'est trop. Rien n'a changé ; { NUMBER($limit) } au plus.
rejected-out-of-range = Une heure ou un nombre est hors limites. Rien n'a changé ; vérifiez.
rejected-unknown-part = Ce dont il s'agit n'est plus là. Votre action est gardée ; voyez le déploiement tel qu'il est.
rejected-unknown-deployment = Le serveur ne connaît pas ce déploiement. Votre action est gardée ; réessayez plus tard.
rejected-column-changed = Quelqu'un l'a déplacé vers { $column } entre-temps. Votre déplacement n'est pas fait ; refaites-le si vous y tenez.
rejected-rollout-needed = Pas encore mis en place en { $environment }. Il reste où il est ; enregistrez la mise en place, et il suit.
rejected-stage-changed = { $stage } est entre-temps : { $state }. Rien n'a changé ; marquez à nouveau si c'est faux.
rejected-stage-follows = { $stage } suit les mises en place. Rien n'a changé ; enregistrez plutôt une mise en place.
rejected-finished = C'est clôturé. Rien n'a changé ; remettez-le d'abord sur le tableau.
rejected-sealed = C'est clôturé depuis plus de 30 jours, et ses détails sont sur le serveur. Votre action est conservée ici ; remettez-le d'abord sur le tableau.
rejected-detail-mismatch = Ce ne sont pas les détails qui ont été mis de côté. Rien n'a changé ; réessayez.
rejected-gate-closed = Avant { $environment }, il manque : { $missing }. Rien n'a commencé. Corrigez et redemandez, ou enregistrez la mise en place si elle a eu lieu.
missing-check-open = « { $check } » reste à faire
missing-check-failed = « { $check } » a échoué
missing-approval = une approbation de l'état actuel
missing-declined = un approbateur l'a refusé
rejected-rollout-running = { $what } est déjà en cours de mise en place en { $environment }. Rien d'autre n'a commencé ; redemandez quand c'est fini.
rejected-version-changed = La version est entre-temps { $version }. Rien n'a commencé ; vérifiez et redemandez.
rejected-stale-approval = Cela a changé depuis que vous l'avez regardé. Votre décision ne compte pas ; relisez.
rejected-not-approver = Votre rôle ne décide pas des approbations. Rien n'est décidé ; demandez à un approbateur.
rejected-own-work = Vous l'avez ouvert : quelqu'un d'autre doit l'approuver. Rien n'est décidé ; demandez à un autre approbateur.
rejected-not-admin = Seuls les admins peuvent le faire. Rien n'a changé ; demandez à l'un d'eux.
rejected-last-admin = L'espace a besoin d'un admin. Rien n'a changé ; nommez-en d'abord un autre.
rejected-unknown-command = Le serveur ne connaît pas encore cela. Votre action est gardée ; réessayez après sa mise à jour.
rejected-malformed-command = Le serveur n'a pas pu lire cela. Votre action est gardée ; rechargez et réessayez.
rejected-internal = Le serveur a échoué là-dessus. Votre action est gardée ; réessayez, ou prévenez qui l'exploite.
rejected-request-too-old = Cette demande a attendu plus de 15 minutes et n'est pas partie d'elle-même. La voulez-vous toujours ?
rejected-timeline-changed = Le serveur a été restauré à un état antérieur à cette demande. La voulez-vous toujours ?
rejected-unexplained = Le serveur a refusé, pour une raison que cette version de l'application ne connaît pas. Votre action est gardée ici.
field-name = le nom
field-repository = le dépôt
field-version = la version
field-title = le titre
field-heading = l'intitulé
field-section-text = le texte
field-check = le contrôle
field-verify = la manière de vérifier
field-evidence = la preuve
field-summary = le résumé
field-commit = le commit
field-author = l'auteur
field-link = le lien
field-note = la note
field-reason = le motif
