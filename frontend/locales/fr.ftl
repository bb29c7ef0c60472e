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
