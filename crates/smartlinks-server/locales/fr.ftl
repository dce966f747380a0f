# Les mots de la page, en français. Les clés sont déclarées dans src/page/i18n/keys.rs.
# Espace insécable avant : ; ! ? et entre « ».

## Toutes les pages

brand = SmartLinks
page-title = { $title } · SmartLinks
skip-link = Aller au contenu
tabs-label = Rubriques
tab-overview = Aperçu
tab-authentication = Authentification
tab-products = Produits
tab-orders = Commandes
language-label = Langue
language-en = English
language-fr = Français
sandbox-word = Bac à sable : données fictives
sandbox-text = Les comptes, produits et commandes sont inventés. Rien n’atteint AliExpress et rien ne peut être acheté.
sign-out = Se déconnecter
footer-text = SmartLinks garde les comptes AliExpress connectés. Il n’est ni édité ni approuvé par AliExpress.
footer-docs = API HTTP
live-updated = Mis à jour
live-loading = Chargement…
copy-label = Copier
copy-done = Copié
request-id = Identifiant de requête
pages-label = Pages
stale-word = Ancien
stale-answer = Voici la dernière réponse connue, reçue

## Temps

month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
time-absolute = { $date } à { $time } UTC
time-just-now = à l’instant
time-within-minute = dans moins d’une minute
time-in-minutes = { $count ->
    [one] dans { $count } minute
   *[other] dans { $count } minutes
}
time-in-hours = { $count ->
    [one] dans { $count } heure
   *[other] dans { $count } heures
}
time-in-days = { $count ->
    [one] dans { $count } jour
   *[other] dans { $count } jours
}
time-minutes-ago = { $count ->
    [one] il y a { $count } minute
   *[other] il y a { $count } minutes
}
time-hours-ago = { $count ->
    [one] il y a { $count } heure
   *[other] il y a { $count } heures
}
time-days-ago = { $count ->
    [one] il y a { $count } jour
   *[other] il y a { $count } jours
}
time-ahead = { $count ->
    [one] { $count } seconde d’avance
   *[other] { $count } secondes d’avance
}
time-behind = { $count ->
    [one] { $count } seconde de retard
   *[other] { $count } secondes de retard
}
time-in-step = à l’heure

## Les deux échéances d’une connexion

clock-works-until = Fonctionne jusqu’à
clock-worked-until = A fonctionné jusqu’à
clock-stops = S’arrête
clock-sign-in-again-by = Se reconnecter avant
clock-unknown = AliExpress ne l’a pas indiqué
clock-renewed = Renouvelé tout seul { $when }

## État d’une connexion, et pourquoi

state-active = Fonctionne
state-expiring = À reconnecter bientôt
state-degraded = Renouvellement en échec
state-reauthorization-required = À reconnecter
state-disconnected = Déconnecté
reason-refresh-token-refused = AliExpress n’accepte plus cette connexion. Elle a peut-être été retirée dans le compte AliExpress.
reason-refresh-interrupted = Un renouvellement a été coupé avant que sa réponse soit enregistrée, et AliExpress n’accepte plus la connexion précédente.
reason-sign-in-deadline-passed = La date limite de reconnexion est passée.
reason-access-token-refused = AliExpress n’accepte plus le jeton d’accès.
reason-not-refreshable = AliExpress a donné un jeton non renouvelable. C’est le cas des applications en mode test.

## État d’une étape

step-done = Fait
step-current = À vous
step-todo = Plus tard
step-look = À regarder
step-error = À corriger

## Ce que fait un bouton

action-authentication = Ouvrir Authentification
action-connect = Connecter un compte
action-reconnect = Se reconnecter
action-refresh = Renouveler maintenant
action-default = Utiliser par défaut
action-rename = Renommer
action-disconnect = Déconnecter…
action-retry = Réessayer
action-look = Voir quoi faire
action-add-order = Ajouter une commande
on-aliexpress = Ouvrir sur AliExpress

## Dit une fois après une action

notice-refreshed = « { $name } » a de nouveaux jetons.
notice-default = « { $name } » est maintenant la connexion par défaut.
notice-renamed = La connexion s’appelle maintenant « { $name } ».
notice-disconnected = « { $name } » est déconnecté. Ses jetons sont effacés.
notice-order-added = La commande { $name } est ajoutée.
notice-order-known = La commande { $name } était déjà là. Elle vient d’être mise à jour.
notice-order-refreshed = La commande { $name } est à jour.
notice-signed-out = Vous êtes déconnecté.
notice-password-changed = Le mot de passe est changé. Partout ailleurs, vous êtes déconnecté.
notice-session-ended = Ce navigateur est déconnecté.
notice-sessions-ended = Vous êtes déconnecté partout ailleurs.

## Réglages manquants

missing-title = SmartLinks ne peut pas encore joindre AliExpress : il manque des réglages.
missing-unset = n’est pas défini
missing-malformed = est inutilisable :
missing-fix = Définissez les variables nommées ci-dessus, puis redémarrez SmartLinks. La clé et le secret se trouvent dans la console AliExpress Open Platform, sous l’application.
missing-file = Chaque secret peut aussi être donné par un fichier, avec _FILE après le nom de la variable.

## Aperçu

answer-works-until = Tout fonctionne. Prochaine connexion avant le { $date }.
answer-works = Tout fonctionne.
answer-gateway = Les comptes sont en ordre, mais AliExpress répond mal en ce moment.
answer-needs-you = { $count ->
    [one] Tout fonctionne encore. Un point vous attend.
   *[other] Tout fonctionne encore. { $count } points vous attendent.
}
answer-stopped = { $count ->
    [one] Un compte ne fonctionne plus. Reconnectez‑vous pour le rétablir.
   *[other] { $count } comptes ne fonctionnent plus. Reconnectez‑vous pour les rétablir.
}
answer-nothing-connected = Tout est prêt. Connectez votre premier compte AliExpress.
answer-not-configured = Pas encore configuré : les clés AliExpress manquent.
answer-keys-refused = AliExpress refuse les clés de l’application.
checklist-title = Premiers pas
checklist-callback = Adresse de retour enregistrée chez AliExpress
checklist-account = Premier compte connecté
checklist-go = Connecter un compte
attention-title = À traiter
attention-sign-in = « { $name } » doit se reconnecter
attention-expiring = « { $name } » doit bientôt se reconnecter
attention-degraded = « { $name } » n’a pas pu être renouvelé ; une nouvelle tentative aura lieu toute seule
attention-failure = AliExpress a donné une réponse inconnue ici.
connections-title = Comptes connectés
connections-manage = Gérer les comptes
events-title = Ce qui s’est passé
events-empty = Rien ne s’est encore passé
events-empty-text = Renouvellements, connexions et changements de commandes apparaîtront ici.
event-connected = Compte connecté
event-reconnected = Compte reconnecté
event-refreshed = Jetons renouvelés
event-degraded = Renouvellement en échec
event-reauthorization-required = Compte à reconnecter
event-disconnected = Compte déconnecté
event-order-imported = Commande ajoutée
event-order-updated = Commande modifiée
event-product-imported = Produit importé
event-product-changed = Produit modifié
event-product-drifted = AliExpress a modifié un produit
event-product-removed = Produit retiré
event-prices-applied = Prix appliqués
event-import-finished = Import de produits terminé
event-order-placed = Commande passée
event-order-refused = Commande non passée
event-order-outcome-unknown = On vérifie si une commande existe
event-order-awaiting-person = Quelqu’un doit vérifier si une commande existe
event-token-file-failed = Fichier de jeton impossible à écrire
gateway-title = Passerelle AliExpress
gateway-well = Répond
gateway-no-call = Pas encore appelée
gateway-last-answer = Dernière réponse
gateway-calls = Appels
gateway-since = depuis le { $when }
gateway-failed = { $count ->
    [one] { $count } échec
   *[other] { $count } échecs
}
gateway-clock = Notre horloge

## Authentification

auth-answer-keys = Les clés de l’application sont à corriger avant toute connexion.
auth-answer-none = Aucun compte n’est connecté. Commencez à l’étape 2.
auth-answer-waiting = En attente de la connexion chez AliExpress.
auth-answer-connected = { $count ->
    [one] Un compte est connecté.
   *[other] { $count } comptes sont connectés.
}
auth-answer-stopped = { $count ->
    [one] Un compte doit se reconnecter.
   *[other] { $count } comptes doivent se reconnecter.
}
auth-connected = « { $name } » est connecté.
auth-reconnected = « { $name } » est de nouveau connecté. Son identifiant n’a pas changé.
auth-next = SmartLinks le garde maintenant connecté.
auth-next-products = Chercher des produits
guide-title = Pas à pas
step-keys = Clés trouvées et vérifiées
step-authorize = Autoriser
step-code = Code reçu
step-connected = Connecté
keys-found = Les clés sont en place. AliExpress n’y a pas encore répondu.
keys-checked = Les clés sont en place et AliExpress les accepte.
keys-app-key = Clé d’application
keys-callback = Adresse de retour
keys-callback-insecure = Elle ne commence pas par https. AliExpress n’enregistre que des adresses https, et en http le code peut être lu en chemin.
keys-callback-text = Elle doit figurer dans la console AliExpress exactement ainsi.
keys-gateway = Passerelle
authorize-text = AliExpress s’ouvre, vous demande de vous connecter et d’autoriser cette application. Vous revenez ensuite ici.
authorize-another = Utilisez ceci pour connecter un autre compte. Pour un compte déjà listé, utilisez son propre bouton.
authorize-button = Autoriser SmartLinks avec AliExpress
code-text = Se remplit tout seul à votre retour d’AliExpress.
code-waiting = Une connexion est en cours. Elle doit revenir { $when }.
code-paste = Vous avez un code ou une adresse à coller ?
code-label = Code, ou adresse entière sur laquelle vous êtes arrivé
code-button = Utiliser ce code
code-help = Un code ne sert qu’une fois et peu de temps.
connected-text = Le compte apparaît plus bas, avec les dates importantes.
connected-count = { $count ->
    [one] Un compte.
   *[other] { $count } comptes.
}
connected-see = Voir la liste
connections-empty = Aucun compte
connections-empty-text = Autorisez SmartLinks ci-dessus ; le compte apparaîtra ici.
connection-default = Par défaut
connection-generation = Paires de jetons reçues
connection-last-success = Dernier succès
connection-last-failure = Dernier échec
connection-no-failure = Aucun
connection-id = Identifiant de connexion
label-label = Nom affiché ici
label-save = Enregistrer le nom

## Échecs d’une connexion, chacun avec son remède

auth-access-denied = La connexion a été annulée chez AliExpress.
auth-access-denied-fix = Rien n’a changé. Autorisez à nouveau et acceptez l’application.
auth-missing-code = AliExpress vous a renvoyé sans code.
auth-missing-code-fix = Autorisez à nouveau. Si cela se répète, vérifiez l’adresse de retour dans la console AliExpress.
auth-missing-state = La réponse n’indique pas à quelle connexion elle appartient.
auth-missing-state-fix = Par sécurité, elle n’a pas été utilisée. Partez du bouton de cette page.
auth-unknown-state = La réponse n’appartient à aucune connexion commencée ici.
auth-unknown-state-fix = Par sécurité, elle n’a pas été utilisée. Partez du bouton de cette page.
auth-expired-state = La connexion a duré plus de dix minutes.
auth-expired-state-fix = Autorisez à nouveau ; la seconde fois est en général plus rapide.
auth-state-reused = Cette réponse a déjà servi.
auth-state-reused-fix = Une réponse ne sert qu’une fois. Si le compte n’est pas listé plus bas, autorisez à nouveau.
auth-wrong-browser = La réponse est arrivée dans un autre navigateur que celui du départ.
auth-wrong-browser-fix = Par sécurité, elle n’a pas été utilisée. Commencez et terminez dans le même navigateur.
auth-exchange-failed = AliExpress n’a pas donné de jetons pour ce code.
auth-exchange-failed-fix = Autorisez à nouveau pour obtenir un nouveau code. Si le code ci-dessous concerne la signature ou la clé, vérifiez d’abord les clés à l’étape 1.
auth-account-mismatch = Un autre compte AliExpress s’est connecté que celui à reconnecter.
auth-account-mismatch-fix = Rien n’a changé. Déconnectez-vous d’AliExpress, puis connectez-vous avec le bon compte ; ou ajoutez celui-ci comme nouveau compte.
auth-storage-failed = AliExpress a donné des jetons, mais ils n’ont pas pu être enregistrés.
auth-storage-failed-fix = Vérifiez que le disque n’est pas plein et que le dossier de données est accessible en écriture, puis autorisez à nouveau.
auth-not-configured = Les clés de l’application manquent.
auth-not-configured-fix = Définissez les variables nommées à l’étape 1, puis redémarrez SmartLinks.
auth-other = AliExpress a refusé la connexion.
auth-other-fix = Autorisez à nouveau. Si cela se répète, cherchez le code ci-dessous dans la documentation d’AliExpress.

## Terminer une connexion

disconnect-title = Déconnecter « { $name } » ?
disconnect-stops = Ceci s’arrête aussitôt :
disconnect-tokens = Ses jetons sont effacés ici et ne peuvent pas être rétablis.
disconnect-software = Les logiciels qui demandent son jeton n’en reçoivent plus.
disconnect-orders = { $count ->
    [one] Une commande non terminée n’est plus suivie.
   *[other] { $count } commandes non terminées ne sont plus suivies.
}
disconnect-default = C’est la connexion par défaut : les appels qui n’en nomment aucune s’arrêtent jusqu’à ce qu’une autre soit choisie.
disconnect-token-file = Le fichier de jeton lu par d’autres programmes n’est plus renouvelé.
disconnect-back = Le compte peut être reconnecté à tout moment, sous le même identifiant.
disconnect-confirm = Déconnecter
disconnect-keep = Le garder connecté

## Qui peut y remédier, ce qui s’est passé, et la suite

problem-actor = Qui peut y remédier : { $actor }.
problem-code = Code
problem-upstream = AliExpress indique :
actor-operator = la personne qui exploite SmartLinks
actor-merchant = vous
actor-aliexpress = AliExpress
problem-not-configured = Les clés AliExpress manquent.
fix-not-configured = L’onglet Authentification nomme les variables à définir.
problem-not-connected = Aucun compte utilisable n’est connecté.
problem-no-default = Le compte n’a pas été indiqué
fix-no-default = Aucun compte n’est celui par défaut. Choisissez-en un dans le formulaire, ou désignez-le sous Authentification.
fix-not-connected = Connectez un compte, puis revenez.
problem-reauthorize = AliExpress demande au compte de se reconnecter.
fix-reauthorize = Reconnectez-vous dans l’onglet Authentification.
problem-unreachable = AliExpress est injoignable d’ici.
fix-unreachable = Vérifiez le réseau de cette machine et l’adresse de la passerelle, puis réessayez.
problem-timeout = AliExpress n’a pas répondu à temps.
problem-gateway-down = AliExpress signale une panne de son côté.
fix-try-later = Cela passe en général tout seul. Réessayez dans un instant.
problem-bad-answer = La réponse d’AliExpress est incompréhensible.
fix-bad-answer = Réessayez. Si cela persiste, l’adresse de la passerelle est peut-être fausse, ou quelque chose s’interpose.
problem-rate-limited = AliExpress n’accepte plus d’appels pour l’instant.
fix-wait = Patientez un peu, puis réessayez.
fix-wait-seconds = { $count ->
    [one] Patientez { $count } seconde, puis réessayez.
   *[other] Patientez { $count } secondes, puis réessayez.
}
problem-signature = AliExpress refuse la signature.
fix-signature = Presque toujours, le secret est faux. Recopiez ALIEXPRESS_APP_SECRET depuis la console AliExpress, sans espaces.
problem-app-key = AliExpress ne connaît pas la clé d’application.
fix-app-key = Comparez ALIEXPRESS_APP_KEY avec la console AliExpress.
problem-clock = AliExpress trouve que l’horloge de cette machine est fausse.
fix-clock = Réglez l’horloge de cette machine sur un serveur de temps, puis réessayez.
problem-permission = L’application n’a pas le droit de faire cet appel.
fix-permission = Demandez le groupe de permissions dans la console AliExpress ; puis reconnectez le compte.
problem-address-not-allowed = AliExpress n’accepte pas d’appels depuis l’adresse de cette machine.
fix-address-not-allowed = Ajoutez l’adresse à la liste IP de l’application dans la console AliExpress.
problem-other-account = Ceci appartient à un autre compte.
fix-other-account = Vérifiez le numéro, et que le compte qui l’a passée est bien celui connecté. Une nouvelle commande peut mettre dix secondes à apparaître.
problem-not-found = AliExpress n’a rien sous ce numéro.
fix-not-found = Vérifiez le numéro.
problem-input = Ce qui a été saisi est inutilisable.
fix-input = Vérifiez, puis envoyez à nouveau.
problem-storage = La base de données a échoué.
fix-storage = Vérifiez que le disque n’est pas plein et que le dossier de données est accessible en écriture. Le journal en dit plus.
problem-busy = Un autre processus s’en occupe en ce moment.
fix-busy = Réessayez dans quelques secondes.
problem-too-many-attempts = Trop de tentatives en peu de temps.
problem-unknown = Cela n’a pas fonctionné.
fix-unknown = Réessayez. Si cela se répète, transmettez le code et l’identifiant de requête.

## Produits

products-title-for = { $q } · Produits
products-answer-start = Que cherchez-vous ?
products-answer-found = { $count ->
    [one] { $count } produit pour ce pays : { $country }.
   *[other] { $count } produits pour ce pays : { $country }.
}
products-answer-none = Rien trouvé pour « { $q } », destination { $country }.
products-answer-stale = AliExpress ne répond pas. Voici sa dernière réponse.
products-answer-trouble = La recherche n’a pas fonctionné.
products-answer-not-connected = Connectez un compte pour chercher des produits.
search-label = Mots, lien AliExpress ou numéro de produit
search-placeholder = lampe, ou https://fr.aliexpress.com/item/…
search-button = Chercher
ship-to = Livrer vers
currency = Devise
sort = Trier par
sort-orders = Plus vendus
sort-price-up = Moins chers
sort-price-down = Plus chers
results-label = Résultats
products-answer-short-link = C’est un lien court.
products-answer-other-page = Cette page n’est pas celle d’un produit.
products-short-link-title = Seul AliExpress sait où mène ce lien
products-short-link-text = Ouvrez-le dans votre navigateur, puis collez ici l’adresse du produit sur laquelle il s’arrête.
products-other-page-title = Aucun produit dans cette adresse
products-other-page-text = Ouvrez un produit sur AliExpress et collez son adresse ; ou cherchez avec des mots.
category = Catégorie
category-any = Toutes
free-shipping-only = Livraison gratuite seulement
feeds-title = Sélections d’AliExpress
products-start-title = Cherchez avec des mots, ou collez un lien
products-start-text = Un lien ou un numéro ouvre directement le produit. La destination et la devise changent les prix et la disponibilité : elles restent toujours visibles ci-dessus.
products-none-title = Aucun produit ne correspond
products-none-text = Essayez moins de mots, d’autres mots ou une autre destination : tout n’est pas vendu partout.
not-connected-title = Aucun compte en état n’est connecté
not-connected-text = AliExpress ne répond que pour un compte qui a autorisé SmartLinks.
no-picture = Pas d’image
price-unknown = Prix inconnu
price-before = Avant :
product-rating = ★ { $rating }
product-orders = { $orders } vendus
product-reviews = { $count ->
    [one] { $count } avis
   *[other] { $count } avis
}
page-previous = Précédent
page-next = Suivant
page-of = Page { $page } sur { $pages }

## Un produit

back-to-products = Tous les produits
product-title = Produit { $id }
product-number = Numéro de produit
product-variants = Variantes
product-variant-count = { $count ->
    [one] { $count } variante
   *[other] { $count } variantes
}
product-asked = Réponse d’AliExpress
picture-of = Image { $number } : { $title }
product-not-found = Ce produit n’existe pas
product-not-found-text = Le numéro est faux, ou le vendeur l’a retiré.
product-not-sold = Non vendu vers cette destination : { $country }
product-not-sold-text = Le produit existe. Choisissez une autre destination ci-dessous.
product-not-for-app = Cette application n’a pas accès à ce produit
product-not-for-app-text = AliExpress n’ouvre un produit qu’aux applications ayant la bonne permission. La personne qui exploite SmartLinks peut la demander dans la console AliExpress.
skus-title = Variantes
skus-empty = AliExpress n’indique aucune variante
skus-empty-text = Le produit ne peut pas être commandé en l’état.
sku-variant = Variante
sku-only = Variante unique
sku-price = Prix
sku-stock = En stock
sku-number = Numéro de SKU
stock-none = Épuisé
stock-unknown = Inconnu
quantity = Quantité
freight-title = Livraison
freight-show = Livraison
freight-button = Calculer la livraison
freight-ask = Choisissez une variante pour voir son coût livré
freight-ask-text = Les frais et délais dépendent de la variante, de la quantité et de la destination.
freight-none = Aucune livraison vers cette destination : { $country }
freight-none-text = Choisissez une autre variante, quantité ou destination.
freight-for = { $count ->
    [one] { $count } pièce, livraison : { $country }
   *[other] { $count } pièces, livraison : { $country }
}
freight-carrier = Service
freight-fee = Frais de livraison
freight-time = Délai
freight-tracking = Suivi
freight-landed = Coût livré
freight-landed-text = Le coût livré comprend la marchandise, les taxes et droits d’importation qu’AliExpress indique et les frais de livraison. Au-delà de la limite d’une promotion, la marchandise coûte son prix normal.
freight-free = Gratuit
freight-free-from = gratuit dès { $amount }
freight-from = depuis { $country }
freight-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
freight-days-range = { $least } à { $most } jours
freight-time-unknown = Non indiqué
freight-tracked = Suivi
freight-untracked = Non suivi
attributes-title = Caractéristiques

## Commandes

orders-answer-none = Aucune commande n’est encore connue ici.
orders-answer-well = { $count ->
    [one] Une commande, rien à faire.
   *[other] { $count } commandes, rien à faire.
}
orders-answer-to-pay = { $count ->
    [one] Une commande est à payer.
   *[other] { $count } commandes sont à payer.
}
orders-answer-stuck = { $count ->
    [one] Une commande est bloquée et vous attend.
   *[other] { $count } commandes sont bloquées et vous attendent.
}
orders-by-state = Commandes par état
orders-known = Commandes connues
orders-all = Toutes
orders-older = Commandes plus anciennes
orders-empty-title = Aucune commande
orders-empty-text = AliExpress ne fournit pas de liste de commandes. Ajoutez-en une par son numéro et SmartLinks la suivra.
orders-empty-short = Ajoutez une commande par son numéro pour la suivre.
orders-none-here = Aucune commande dans cet état
orders-none-here-text = Choisissez un autre état ci-dessus.
import-title = Ajouter une commande existante
import-label = Numéro de commande
import-button = Ajouter la commande
import-help = Le numéro figure sur la page de la commande chez AliExpress. La commande doit appartenir à un compte connecté.
order-column = Commande
order-state = État
order-amount = Montant
order-placed = Passée
order-paid = Payée
order-asked = Mise à jour
order-pay-by = à payer { $when }
order-pay-by-title = À payer avant
stage-to-pay = À payer
stage-checking = En vérification
stage-to-ship = À expédier
stage-shipped = En route
stage-finished = Reçue
stage-closed = Annulée
stage-stuck = Bloquée
stage-unknown = État inconnu

## Une commande

back-to-orders = Toutes les commandes
order-title = Commande { $id }
order-answer-to-pay = Passée, en attente de paiement chez AliExpress.
order-answer-to-pay-by = En attente de paiement ; AliExpress la fermera { $when }.
order-answer-checking = AliExpress vérifie le paiement.
order-answer-to-ship = Payée. Le vendeur doit l’expédier.
order-answer-shipped = En route.
order-answer-finished = Reçue et terminée.
order-answer-closed = Annulée.
order-answer-stuck = Bloquée : ouvrez-la sur AliExpress pour voir ce qui vous est demandé.
order-answer-unknown = AliExpress donne un état inconnu ici.
order-asked-long = AliExpress interrogé
order-never-asked = AliExpress n’a pas encore été interrogé
order-refresh = Mettre à jour
order-pay = Payer sur AliExpress
order-facts = En bref
order-worth = Valeur de la commande { $amount }
order-store = Boutique
order-connection = Connexion
order-not-found = Cette commande n’est pas connue ici
order-not-found-text = Si elle existe chez AliExpress, ajoutez-la par son numéro.
lines-title = Contenu
lines-empty = AliExpress n’indique aucun produit
lines-empty-text = Réessayez dans un instant ; les nouvelles commandes prennent quelques secondes.
line-product = Produit
line-unit = Prix unitaire
line-shipping = Livraison
line-total = Total
parcels-title = Colis
parcels-empty = Pas encore de colis
parcels-empty-text = Les colis apparaissent ici dès que le vendeur a expédié.
parcel-number = Numéro de suivi
parcel-eta = Attendu
parcel-no-steps = Le transporteur n’a encore rien signalé.

## Se connecter ici, et pages hors rubriques

sign-in-title = Se connecter à SmartLinks
sign-in-text = Cette page est réservée à la personne qui exploite SmartLinks.
sign-in-button = Se connecter
sign-in-help = Vous n’arrivez pas à vous connecter ?
sign-in-first = Personne ne s’est encore connecté ici : ouvrez le lien que SmartLinks a affiché à son démarrage.
sign-in-lost = Vous avez perdu votre mot de passe : demandez un nouveau lien à un autre opérateur ou à la personne qui exploite le serveur. La commande est
sign-in-command = Commande pour un nouveau lien
sign-in-wrong = Le nom ou le mot de passe est faux.
sign-in-empty = Saisissez le nom et le mot de passe.
sign-in-too-many = { $seconds ->
    [one] Trop de tentatives. Réessayez dans une seconde.
   *[other] Trop de tentatives. Réessayez dans { $seconds } secondes.
 }
sign-in-oidc = Se connecter avec { $host }
oidc-access-denied = Votre fournisseur ne vous a pas laissé entrer, ou vous avez annulé chez lui. Reconnectez-vous, ou utilisez le nom et le mot de passe.
oidc-provider-error = Votre fournisseur a signalé une erreur. Réessayez, ou utilisez le nom et le mot de passe ; sa réponse figure dans le journal du serveur.
oidc-missing-code = Votre fournisseur vous a renvoyé sans code. Reconnectez-vous ; si cela se répète, la personne qui exploite le serveur vérifie les réglages chez le fournisseur.
oidc-missing-state = La réponse de votre fournisseur n’indique pas à quelle connexion elle appartient ; elle n’a pas été utilisée. Reconnectez-vous depuis cette page.
oidc-unknown-state = La réponse de votre fournisseur n’appartient à aucune connexion commencée ici ; elle n’a pas été utilisée. Reconnectez-vous depuis cette page.
oidc-expired-state = La connexion a duré plus de dix minutes. Reconnectez-vous.
oidc-state-reused = Cette réponse de votre fournisseur a déjà servi. Reconnectez-vous.
oidc-wrong-browser = La connexion a commencé dans un autre navigateur, ou sous une autre adresse de cette page ; elle n’a pas été terminée. Commencez et terminez au même endroit.
oidc-unreachable = Votre fournisseur ne répond pas. Réessayez dans un instant, ou utilisez le nom et le mot de passe.
oidc-discovery-mismatch = Votre fournisseur ne se décrit pas comme il est configuré ici. La personne qui exploite le serveur compare SMARTLINKS_OIDC_ISSUER avec le nom que le fournisseur se donne ; le journal dit ce qui diffère.
oidc-exchange-refused = Votre fournisseur a refusé le code ou cette application. Reconnectez-vous ; si cela se répète, la personne qui exploite le serveur vérifie l’identifiant et le secret du client ainsi que l’adresse de retour.
oidc-unreadable-token = La réponse de votre fournisseur ne contient pas de preuve d’identité lisible. La personne qui exploite le serveur trouve dans le journal ce qui manque.
oidc-bad-signature = La preuve d’identité n’est pas signée avec une clé de votre fournisseur ; elle n’a pas été crue. Reconnectez-vous ; si cela se répète, la personne qui exploite le serveur doit regarder.
oidc-wrong-issuer = La réponse vient d’un autre fournisseur que celui configuré ici ; elle n’a pas été crue.
oidc-wrong-audience = La preuve d’identité a été faite pour une autre application ; elle n’a pas été crue. La personne qui exploite le serveur vérifie l’identifiant du client.
oidc-nonce-mismatch = La preuve d’identité a été faite pour une autre connexion ; elle n’a pas été crue. Reconnectez-vous depuis cette page.
oidc-expired-token = La preuve d’identité a expiré. Reconnectez-vous ; si cela se répète, la personne qui exploite le serveur compare les horloges.
oidc-email-unverified = Votre fournisseur ne dit pas que votre adresse e-mail est vérifiée. Vérifiez-la chez lui ; ou demandez à la personne qui exploite le serveur de vous relier, avec le sujet que nomme le journal d’audit.
oidc-unknown-operator = Votre fournisseur vous connaît, mais aucun opérateur d’ici ne vous correspond. Demandez à un opérateur de vous ajouter sous votre adresse e-mail ; ou à la personne qui exploite le serveur de vous relier, avec le sujet que nomme le journal d’audit.
oidc-operator-disabled = Cet opérateur est désactivé. Adressez-vous à un autre opérateur ou à la personne qui exploite le serveur.
oidc-other-identity = L’opérateur qui porte votre adresse e-mail est relié à une autre identité chez votre fournisseur. Si c’est aussi vous, la personne qui exploite le serveur peut relier la nouvelle, avec le sujet que nomme le journal d’audit.
password-word = Mot de passe
password-new = Nouveau mot de passe
password-again = Le même, encore une fois
password-current = Mot de passe actuel
password-rule = De 12 à 256 caractères, dont au moins quatre différents, et sans votre nom.
password-differ = Les deux nouveaux mots de passe diffèrent.
password-wrong = Le mot de passe actuel est faux.
password-change = Changer votre mot de passe
password-button = Changer le mot de passe
link-first-title = Bienvenue dans SmartLinks
link-first-text = Personne ne peut encore se connecter. Choisissez un nom et un mot de passe ; vous serez alors le premier opérateur, et ce lien ne servira plus.
link-first-button = Devenir le premier opérateur
link-password-title = Un mot de passe pour { $name }
link-password-text = Choisissez un mot de passe. Vous serez alors connecté ici, déconnecté partout ailleurs, et ce lien ne servira plus.
link-password-button = Définir le mot de passe
link-spent-title = Ce lien ne fonctionne plus
link-spent-text = Il a déjà servi, ou son délai est passé. Connectez-vous, ou demandez un nouveau lien.
link-to-sign-in = Vers la connexion
link-name = Saisissez un nom de 80 caractères au plus.
operators-title = Opérateurs
operators-text = Les personnes qui peuvent se connecter ici. Tout ce qu’elles font figure sous leur nom dans le journal d’audit.
operators-people = Qui peut se connecter
operators-alone = Vous êtes seul. Ajoutez un deuxième opérateur, pour que quelqu’un puisse vous rouvrir la porte.
operators-open = Personne n’a besoin de se connecter ici
operators-open-text = Le bac à sable est ouvert à quiconque utilise cette machine. Avec de vrais comptes, les opérateurs et leurs sessions figurent ici.
operator-name = Nom ou adresse e-mail
operator-state = État
operator-added = Ajouté
operator-action = Action
operator-you = vous
operator-active = Peut se connecter
operator-invited = Pas encore de mot de passe
operator-disabled = Ne peut pas se connecter
operator-new-link = Nouveau lien
operator-add = Ajouter un opérateur
operator-add-button = Ajouter et créer un lien
operator-add-help = Vous obtenez un lien qui sert une fois. Envoyez-le en privé à cette personne : quiconque l’ouvre choisit le mot de passe.
operator-taken = Il y a déjà un opérateur de ce nom.
invitation-title = Un lien pour { $name }
invitation-word = Lien
invitation-text = Il n’est affiché que maintenant, sert une fois et prend fin { $when }.
sessions-title = Où vous êtes connecté
sessions-alone = Vous n’êtes connecté nulle part ailleurs.
session-this = ce navigateur
session-unknown = Navigateur inconnu
session-address = Adresse
session-began = Connecté
session-seen = Dernière utilisation
session-end = Déconnecter ce navigateur
session-end-others = Déconnecter partout ailleurs
callback-received = Le code a été reçu
callback-received-text = Vous pouvez fermer cette page et revenir au programme qui vous a envoyé ici.
callback-failed = La connexion n’a pas fonctionné
callback-failed-text = Fermez cette page et recommencez depuis le programme qui vous a envoyé ici.
error-status = Statut HTTP
error-home = Aller à l’aperçu
error-400 = Cette requête est incompréhensible
error-400-fix = Revenez en arrière, vérifiez la saisie et envoyez à nouveau.
error-403 = Ce n’est pas autorisé
error-403-fix = La requête ne venait pas de cette page, ou vous n’êtes pas connecté. Rouvrez la page et réessayez.
error-404 = Il n’y a rien ici
error-404-fix = L’adresse est fausse, ou son contenu a disparu.
error-413 = C’est plus que ce qui peut être pris en une fois
error-413-fix = Cette page accepte au plus { $most } Kio à la fois. Choisissez un fichier plus petit, ou faites-en plusieurs, chacun avec l’en-tête.
error-back = Retour au formulaire
error-405 = Cette adresse n’accepte pas ce type de requête
error-405-fix = Allez à l’aperçu et utilisez ses boutons.
error-421 = SmartLinks n’est pas servi sous cette adresse
error-421-fix = Ouvrez-le sous l’adresse affichée au démarrage.
error-429 = Trop de requêtes
error-429-fix = Patientez une minute, puis réessayez.
error-500 = Quelque chose a échoué de notre côté
error-500-fix = Réessayez. Si cela se répète, transmettez l’identifiant de requête ; le journal en dit plus.
error-503 = SmartLinks ne peut pas le faire pour l’instant
error-503-fix = Des réglages manquent ou le service démarre. L’aperçu le précise.

## Pays

country-ae = Émirats arabes unis
country-at = Autriche
country-au = Australie
country-be = Belgique
country-bj = Bénin
country-br = Brésil
country-ca = Canada
country-cd = RD Congo
country-cg = Congo
country-ch = Suisse
country-ci = Côte d’Ivoire
country-cl = Chili
country-cn = Chine
country-cz = Tchéquie
country-cm = Cameroun
country-de = Allemagne
country-dz = Algérie
country-es = Espagne
country-fr = France
country-ga = Gabon
country-gb = Royaume-Uni
country-ie = Irlande
country-il = Israël
country-it = Italie
country-jp = Japon
country-kr = Corée du Sud
country-lu = Luxembourg
country-ma = Maroc
country-mx = Mexique
country-nl = Pays-Bas
country-pl = Pologne
country-pt = Portugal
country-sa = Arabie saoudite
country-se = Suède
country-sn = Sénégal
country-tn = Tunisie
country-tr = Turquie
country-us = États-Unis
country-za = Afrique du Sud

## Liens de connexion, reprise d’une connexion, et messages d’AliExpress

notice-link-revoked = Le lien est annulé. Il n’ouvre plus rien.
notice-link-over = Ce lien était déjà terminé ; il n’y avait rien à annuler.
event-push-received = Message d’AliExpress
event-push-failed = Message d’AliExpress sans suite possible
event-push-ignored = Message d’AliExpress hors délai
mismatch-connect-new = L’ajouter comme nouveau compte
mismatch-replace = Remplacer le compte…
disconnect-served = Il a été remis récemment à : { $names }.
disconnect-refresh = Le renouvellement prévu { $when } n’aura pas lieu.
disconnect-webhooks = Les webhooks reçoivent un dernier message : la fin de la connexion.
disconnect-links = Ses liens ouverts et les autorisations en cours cessent de fonctionner.
replace-title = Remplacer le compte de « { $name } » ?
replace-means = Le compte AliExpress qui se connecte ensuite reprend cette connexion :
replace-software = Les logiciels qui utilisent son identifiant agissent dès lors pour l’autre compte, sans en être avertis.
replace-tokens = Les jetons du compte actuel sont effacés ici et ne peuvent pas être rétablis.
replace-orders = { $count ->
    [one] Une commande connue appartient au compte actuel et ne pourra plus être consultée.
   *[other] { $count } commandes connues appartiennent au compte actuel et ne pourront plus être consultées.
}
replace-default = C’est la connexion par défaut : les appels qui n’en nomment aucune agissent aussi pour l’autre compte.
replace-token-file = Le fichier de jeton lu par d’autres programmes contiendra le jeton de l’autre compte.
replace-instead = Si les deux comptes doivent fonctionner, ajoutez plutôt l’autre comme nouveau compte.
replace-confirm = Le remplacer et se connecter
replace-keep = Garder le compte actuel
links-title = Liens de connexion
links-manage = Ou envoyer un lien de connexion à un marchand
links-text = Un lien de connexion permet à un marchand de connecter ici son compte AliExpress, sans accès à ces pages. Il sert une seule fois, dans les 30 minutes.
links-created = Envoyez cette adresse au marchand
links-address = Adresse
links-once = Elle n’est affichée que maintenant. Quiconque la possède peut connecter un compte : envoyez-la là où seul le marchand la lira.
links-new = Nouveau lien
links-label = Nom
links-label-help = Pour vos listes ; le marchand le voit aussi. Peut rester vide.
links-for = Quel compte
links-for-new = Un nouveau compte
links-for-again = Se reconnecter : { $name }
links-make = Créer un lien
links-no-keys = Des liens peuvent être créés dès que l’application a ses clés.
links-list = Liens des 30 derniers jours
links-empty = Aucun lien pour l’instant
links-empty-text = Créez un lien ci-dessus et envoyez-le au marchand. Vous verrez ici s’il l’a utilisé.
links-made = Créé
links-ends = Fin
links-take-back = Annuler le lien
link-open = Pas encore utilisé
link-started = Se connecte chez AliExpress
link-connected = Connecté
link-refused = N’a pas fonctionné
link-expired = Expiré
link-revoked = Annulé
connect-title = Connecter votre compte AliExpress
connect-again-title = Se reconnecter à AliExpress
connect-asks = La personne qui exploite SmartLinks sur { $host } vous demande de connecter votre compte AliExpress.
connect-asks-again = Votre compte AliExpress est connecté à SmartLinks sur { $host }, et AliExpress vous demande de temps en temps de vous reconnecter.
connect-label = Il y est nommé « { $label } ».
connect-means-title = Ce que cela signifie
connect-means-act = Ce serveur pourra chercher des produits, suivre et passer des commandes au nom de votre compte.
connect-means-password = Vous saisissez votre mot de passe chez AliExpress uniquement ; le serveur ne le voit jamais.
connect-means-end = Vous pouvez y mettre fin à tout moment, dans votre compte AliExpress ou en le demandant à qui vous a envoyé le lien.
connect-only-if = Ne continuez que si vous savez qui vous a envoyé ce lien.
connect-go = Aller sur AliExpress
connect-until = Ce lien fonctionne une seule fois et prend fin { $when }.
connect-unknown = Ce lien n’est pas connu ici
connect-unknown-fix = Vérifiez que l’adresse a été copiée en entier, ou demandez-en une nouvelle à qui vous l’a envoyée.
connect-expired = Ce lien a plus de 30 minutes
connect-used = Ce lien a déjà servi
connect-used-fix = Un lien ne sert qu’une fois. Si votre compte n’est pas connecté, demandez-en un nouveau à qui vous l’a envoyé.
connect-revoked = Ce lien a été annulé
connect-new-link-fix = Demandez un nouveau lien à qui vous l’a envoyé.
connect-done = Votre compte est connecté
connect-done-text = C’est tout : vous pouvez fermer cette page.
## Clés d’API

api-keys-title = Clés d’API
api-keys-answer = { $count ->
    [0] Aucune clé n’est active : aucun logiciel ne peut utiliser l’API.
    [one] Une clé est active.
   *[other] { $count } clés sont actives.
}
api-keys-list = Clés
api-keys-empty = Aucune clé pour l’instant
api-keys-empty-text = Une clé permet à vos logiciels d’utiliser l’API. Donnez à chacun la sienne, avec les seules permissions qu’il lui faut.
api-keys-link = Clés d’API pour vos logiciels
api-key-word = Clé d’API
api-key-new = Nouvelle clé
api-key-name = Nom
api-key-name-help = Ce qui l’utilise, par exemple « boutique » ou « script de stock ».
api-key-scopes = Permissions
api-key-life = Durée de vie
api-key-days = { $count ->
    [one] Un jour
   *[other] { $count } jours
}
api-key-endless = N’expire pas
api-key-create = Créer la clé
api-key-made = La clé « { $name } » est créée
api-key-once = Copiez-la maintenant et gardez-la en lieu sûr. Elle n’est affichée que cette fois : seule son empreinte est conservée ici.
api-key-state-column = État
api-key-active = Active
api-key-expired = Expirée
api-key-revoked = Révoquée
api-key-expires = Expiration
api-key-last-used = Dernière utilisation
api-key-never-used = Pas encore utilisée
api-key-revoke-action = Révoquer…
api-key-revoke-title = Révoquer la clé « { $name } » ?
api-key-revoke-text = En une seconde, tout logiciel qui l’utilise est refusé. C’est définitif ; une nouvelle clé peut être créée à tout moment.
api-key-revoke-confirm = Révoquer
api-key-revoke-keep = La garder
scope-read = Voir l’état, les connexions, les produits, les commandes et les événements
scope-token = Recevoir des jetons d’accès
scope-call = Appeler les méthodes de lecture d’AliExpress
scope-order = Ajouter et passer des commandes
scope-admin = Modifier les connexions, les clés et les webhooks. N’inclut aucune autre permission
notice-api-key-revoked = La clé « { $name } » est révoquée.

## Référence de l’API

docs-text = Envoyez une clé d’API dans l’en-tête « Authorization: Bearer ». La permission nécessaire figure à côté de chaque opération. La référence elle-même est en anglais.
docs-document = Document OpenAPI
docs-nouns = Sujets
docs-parameters = Paramètres
docs-body = Corps JSON
docs-answers = Réponses
## Webhooks

event-expiring = Échéance de connexion proche
event-webhook-disabled = Webhook désactivé
event-webhook-test = Événement d’essai
events-to-webhooks = Prévenir vos propres logiciels (webhooks)
notice-webhook-changed = Le webhook a été modifié.
notice-webhook-deleted = Le webhook a été supprimé.
notice-webhook-enabled = Le webhook est désormais prévenu de ce qui se passe.
notice-webhook-disabled = Le webhook n’est plus prévenu de rien ; ce qui l’attendait est abandonné.
notice-webhook-tested = Un événement d’essai est en route. Sa livraison apparaît ci-dessous.
notice-webhook-resent = La livraison est de nouveau en route.
webhooks-title = Webhooks
webhooks-lead = Vos propres logiciels sont prévenus de ce qui se passe : un message signé est envoyé à une adresse qui vous appartient.
webhooks-endpoints = Adresses prévenues
webhooks-empty = Personne n’est encore prévenu
webhooks-empty-text = Ajoutez une adresse ci-dessous. La façon de recevoir et de vérifier les messages se trouve en bas de cette page.
webhook-address = Adresse
webhook-address-help = Une adresse https publique, où votre logiciel reçoit les messages. Elle ne peut pas mener dans un réseau privé.
webhook-state = État
webhook-state-well = Reçoit les messages
webhook-state-new = Rien d’envoyé pour l’instant
webhook-state-failing = En échec actuellement
webhook-state-disabled = Désactivé
webhook-why-by-hand = Il a été désactivé à la main. Réactivez-le pour continuer ; ce qui s’est passé entre-temps n’est pas envoyé après coup.
webhook-why-gone = Il a répondu 410, ce qui veut dire qu’il ne veut plus rien. Réactivez-le quand son logiciel sera revenu.
webhook-why-failing = Il n’a rien accepté depuis cinq jours. Réparez-le, réactivez-le, puis envoyez un événement d’essai.
webhook-last-taken = Dernier message reçu
webhook-last-failed = Dernier échec
webhook-failing-since = Premier échec
webhook-former-until = Fin de l’ancien secret
webhook-events = Ce qui est envoyé
webhook-events-help = Cochez ce que votre logiciel veut savoir. Sans aucune coche, tout lui est envoyé, y compris ce qui s’ajoutera plus tard.
webhook-every = Tout
webhook-description = Description
webhook-add = Ajouter une adresse
webhook-add-button = Ajouter et afficher le secret
webhook-test = Envoyer un événement d’essai
webhook-enable = Réactiver
webhook-disable = Désactiver
webhook-rotate = Nouveau secret
webhook-rotate-text = « Nouveau secret » affiche un autre secret. Pendant un jour, les messages portent les deux signatures, le temps que votre logiciel change. Ce jour-là, il n’y en a pas d’autre.
webhook-change = Modifier ce webhook
webhook-save = Enregistrer
webhook-delete = Supprimer ce webhook
webhook-delete-text = Ses secrets, ses livraisons et ce qui l’attend sont supprimés aussitôt.
webhook-secret = Secret du webhook
webhook-secret-text = Votre logiciel vérifie les signatures avec lui. Copiez-le maintenant : il n’est affiché que cette fois et ne pourra plus l’être.
webhook-secret-kept = Je l’ai copié
webhook-how = Recevoir et vérifier
webhook-how-message = Chaque message est un POST en JSON : type, timestamp et data, selon la spécification Standard Webhooks.
webhook-how-signature = Vérifiez la signature sur les octets tels qu’ils arrivent, avant de les lire, et refusez ce qui a plus de cinq minutes.
webhook-how-answer = Répondez par un 2xx en moins de 15 secondes et travaillez ensuite. Tout le reste est réessayé, dix fois en trois jours, plus tard si Retry-After le demande ; 410 y met fin, comme cinq jours sans rien accepter.
webhook-how-twice = Un message peut arriver deux fois. Le webhook-id reste le même : ignorez ce que vous avez déjà vu. Chaque type, avec un exemple, se trouve dans docs/webhooks.md.
deliveries-title = Livraisons
deliveries-empty = Rien n’a encore été envoyé
deliveries-empty-text = Envoyez un événement d’essai pour en voir arriver un.
deliveries-older = Livraisons plus anciennes
delivery-pending = En attente
delivery-delivered = Livré
delivery-failed = Abandonné avec le webhook
delivery-given-up = Abandonné
delivery-next = prochain essai { $when }
delivery-took = { $count } ms
delivery-resend = Renvoyer
delivery-attempts = { $count ->
    [one] { $count } essai
   *[other] { $count } essais
}
## Journal d’audit et entretien

audit-title = Journal d’audit
audit-answer = Qui a fait quoi, quand, d’où, et avec quel résultat. Rien ne peut y être modifié.
audit-open = Ouvrir le journal d’audit
audit-history = Historique
audit-action = Ce qui a été fait
audit-connection = Compte connecté
audit-who = Qui
audit-anybody = Tout le monde
audit-apply = Filtrer
audit-all = Tout afficher
audit-entries = Entrées
audit-when = Quand
audit-about = Concerne
audit-outcome = Résultat
audit-from = depuis { $address }
audit-ok = Fait
audit-failed = Échec
audit-older = Entrées plus anciennes
audit-empty = Rien ne s’est encore passé
audit-empty-text = La première connexion, le premier renouvellement à la main ou changement de réglage apparaîtra ici.
audit-none = Aucune entrée de ce genre
audit-none-text = Rien dans le journal ne correspond à ce filtre. Choisissez-en moins.
audit-misunderstood = Ce filtre n’est pas compris
audit-misunderstood-text = L’adresse de cette page contient une valeur inconnue. Choisissez dans les listes ci-dessus.
audit-by-operator = Opérateur
audit-by-api-key = Clé d’API
audit-by-command-line = Ligne de commande
audit-by-merchant = Marchand muni d’un lien
audit-by-system = SmartLinks lui-même
audit-by-anybody = Visiteur non connecté
upkeep-title = Entretien
upkeep-well = Rien à corriger
upkeep-due = Renouvellements à faire maintenant
upkeep-sign-in = { $count ->
    [one] À reconnecter d’ici { $count } jour
   *[other] À reconnecter d’ici { $count } jours
}
upkeep-counted = Connexions comptées
budget-title = Budget d’appels
budget-rates = Appels par seconde qu’AliExpress autorise, et la part tenue
budget-divided = Partagés entre toutes les instances de cette base
budget-whole = Ce serveur les a tous en entier
budget-unused = Aucun n’est utilisé.
budget-share = { $held } sur { $rate } par seconde
budget-methods = Les méthodes en tableau
budget-method = Méthode
budget-rate = Autorisés par seconde
budget-no-rate = non documenté
budget-held = Tenus maintenant
budget-instances = Instances
budget-last-hour = Dernière heure
budget-last-day = Dernières 24 heures
outcome-title = Issue des appels
outcome-ok = Réussis
outcome-wait = Trop d’appels
outcome-retry = AliExpress en panne
outcome-refresh = Jeton expiré
outcome-reauthorize = Connexion à refaire
outcome-fix = Appel refusé
outcome-unreachable = Sans réponse
outcome-unreadable = Réponse illisible
chart-calls = Appels à AliExpress, dernières 24 heures
chart-refreshes = Renouvellements, dernières 24 heures
chart-summary = { $well } réussis, { $failed } en échec
chart-hour = Heure à partir de
chart-well = réussis
chart-failed = en échec
chart-table = Les chiffres en tableau
concern-clock = L’horloge de cette machine est fausse
concern-clock-fix = La personne qui gère ce serveur active la synchronisation de l’heure : timedatectl set-ntp true, ou chrony.
concern-callback = L’adresse de retour n’est pas en https
concern-callback-fix = La personne qui gère ce serveur enregistre une adresse https dans la console AliExpress et règle ALIEXPRESS_CALLBACK_URL.
concern-key-file = D’autres utilisateurs de cette machine peuvent lire le fichier de clés
concern-key-file-fix = La personne qui gère ce serveur leur retire ce droit (chmod 600) et change la clé.
concern-data-dir = D’autres utilisateurs de cette machine peuvent modifier le dossier de données
concern-data-dir-fix = La personne qui gère ce serveur leur retire ce droit (chmod 700).
concern-token-file = D’autres utilisateurs de cette machine peuvent lire le fichier de jetons
concern-token-file-fix = La personne qui gère ce serveur leur retire ce droit (chmod 600), puis les jetons sont renouvelés.
concern-address = AliExpress refuse les appels venant de l’adresse de cette machine
concern-address-fix = La personne qui gère l’application l’ajoute à la liste d’adresses IP dans la console AliExpress.
concern-test = L’application est en mode test : les comptes doivent se reconnecter tous les deux jours
concern-test-fix = La personne qui gère l’application demande le statut Online dans la console AliExpress.
concern-other = Le diagnostic a trouvé quelque chose
concern-other-fix = La personne qui gère ce serveur lance smartlinks doctor, qui dit quoi et comment le corriger.

## Ce qui a été fait, et pourquoi quelque chose a échoué

more-label = Autres pages
webhooks-back = Tous les webhooks
webhook-description-help = Pour votre propre liste. Peut rester vide.
webhook-delete-ask = Supprimer ce webhook…
webhook-delete-confirm = Le supprimer définitivement
links-older = Liens plus anciens
audit-any = Tout
api-key-needs-name = Donnez un nom à la clé.
api-key-needs-scope = Choisissez au moins une permission.
chart-from = il y a 24 heures
chart-until = maintenant
receiver-status = Réponse HTTP { $status }
receiver-private = L’adresse mène dans un réseau privé
receiver-unresolved = Le nom n’a pas d’adresse
receiver-unreachable = Pas de connexion, ou certificat non reconnu
receiver-timeout = Pas de réponse à temps
receiver-broken = Connexion coupée avant la réponse
receiver-unable = Ce serveur n’a pas pu envoyer
event-connection-changed = Connexion modifiée
event-api-key-created = Clé d’API créée
event-api-key-revoked = Clé d’API révoquée
deed-token-vended = Jeton d’accès remis
deed-connection-called = Données lues sur le compte
deed-token-file-written = Fichier de jeton écrit
deed-connections-exported = Connexions exportées
deed-link-created = Lien de connexion créé
deed-link-used = Lien de connexion utilisé
deed-link-revoked = Lien de connexion annulé
deed-webhook-created = Webhook ajouté
deed-webhook-changed = Webhook modifié
deed-webhook-enabled = Webhook réactivé
deed-webhook-deleted = Webhook supprimé
deed-webhook-secret = Nouveau secret d’un webhook
deed-webhook-tested = Événement d’essai demandé
deed-webhook-resent = Message renvoyé
deed-order-placing = Commande demandée
deed-order-decided = Quelqu’un a dit ce qu’une commande est devenue
deed-signed-in = Connexion à SmartLinks
deed-signed-out = Déconnexion de SmartLinks
deed-session-ended = Un navigateur déconnecté
deed-sessions-ended = Tous les autres navigateurs déconnectés
deed-signed-out-everywhere = Déconnexion partout
deed-password = Mot de passe choisi
deed-operator-added = Opérateur ajouté
deed-operator-link = Lien créé pour un opérateur
deed-operator-identity = Opérateur relié à son compte d’entreprise
deed-operator-enabled = Opérateur réactivé
deed-operator-disabled = Opérateur désactivé
deed-key-added = Clé de chiffrement ajoutée
deed-key-activated = Clé de chiffrement mise en service
deed-key-retired = Clé de chiffrement retirée
webhook-detail = Plus précisément, en anglais :
answer-mend = { $count ->
    [one] Un point est à corriger.
   *[other] { $count } points sont à corriger.
}

## Ce qu’AliExpress a modifié

drift-title = Changements
drift-answer-waiting = { $count ->
    [one] Une variante a disparu et attend votre choix.
   *[other] { $count } variantes ont disparu et attendent votre choix.
}
drift-answer-failing = { $count ->
    [one] AliExpress n’a pas pu être interrogé sur un produit.
   *[other] AliExpress n’a pas pu être interrogé sur { $count } produits.
}
drift-answer-none = Rien n’est encore surveillé.
drift-answer-well = { $count ->
    [one] Un produit est surveillé, et rien ne vous attend.
   *[other] { $count } produits sont surveillés, et rien ne vous attend.
}
drift-every = { $count ->
    [one] Chaque produit est vérifié toutes les heures, sans faire attendre personne.
   *[other] Chaque produit est vérifié toutes les { $count } heures, sans faire attendre personne.
}
drift-next = Prochaine vérification
drift-failing-text = Rien n’a été modifié pour autant. Les produits sont de nouveau vérifiés d’eux-mêmes, de plus en plus rarement tant que la panne dure.
drift-changes = Ce qui a changé
drift-empty = Aucun produit n’est encore surveillé
drift-empty-text = Dès que vous avez importé un produit, AliExpress est interrogé régulièrement à son sujet. Les changements de coût, de stock, de variantes et de disponibilité sont gardés ici, et vous choisissez la suite à donner à chacun.
drift-find = Trouver des produits
drift-nothing = Rien de tel n’a changé
drift-nothing-text = Ce qu’AliExpress modifie apparaît ici de lui-même après la prochaine vérification.
drift-by-kind = Par type de changement
drift-all = Tout
drift-older = Plus anciens
drift-back = Tous les changements
drift-when = Quand
drift-product = Produit
drift-what = Quoi
drift-before = Avant
drift-after = Depuis
drift-done = Suite donnée
drift-cost = Coût
drift-stock = Stock
drift-sku-gone = Variante disparue
drift-sku-back = Variante revenue
drift-sku-added = Nouvelle variante
drift-sku-replaced = Variante remplacée
drift-availability = AliExpress indique
drift-imported = Importé
drift-changed-title = Titre
drift-source-title = Titre d’AliExpress
drift-state = État
drift-price = Prix
drift-cost-up = Une variante coûte plus cher
drift-cost-down = Une variante coûte moins cher
drift-sold-out = Une variante est épuisée
drift-unavailable = Le produit ne peut plus être acheté
drift-on-sale = Le produit peut de nouveau être acheté
drift-record = Le garder ici
drift-notify = Prévenir
drift-hold = Suspendre le produit
drift-unpublish = Ne plus le publier
drift-recorded = Gardé ici
drift-notified = Signalé
drift-held-back = Produit suspendu
drift-says-on-sale = En vente
drift-says-not-found = Introuvable
drift-says-not-sold-here = Pas vendu dans ce pays
drift-says-not-for-app = Pas pour cette application
drift-says-offline = Retiré par son vendeur
drift-listed = En vente chez vous
drift-held = Suspendu
drift-unpublished = Non publié
repair-title = En attente de votre choix
repair-text = AliExpress ne propose plus ces variantes. Leurs commandes sont suspendues jusqu’à ce que vous ayez choisi ce qui les remplace.
repair-gone = Disparue
repair-proposed = Proposée
repair-none = Aucune n’est assez proche.
repair-same = La même sous un autre numéro
repair-closest = La plus proche par ses propriétés
repair-price = La plus proche par son prix
repair-costs = { $before } → { $after }
repair-left = { $count ->
    [one] { $count } restante
   *[other] { $count } restantes
}
repair-confidence = confiance { $count } %
repair-choose = À sa place
repair-next = Autres variantes en attente
repair-choose-one = Choisissez une variante
repair-confirm = Vendre celle-ci à sa place
repair-unsell = Ne plus la vendre
policy-title = Suite donnée aux changements
policy-text = Chaque changement est gardé. Vous choisissez ceux dont un événement prévient, et ceux qui suspendent un produit (plus rien n’en est commandé jusqu’à ce que vous le remettiez en vente) ou le retirent.
policy-change = Quand
policy-action = Alors
policy-above = À partir de, en pour cent
policy-save = Enregistrer
history-asked = AliExpress interrogé
history-next = Prochaine vérification
history-failing = AliExpress n’a pas pu être interrogé la dernière fois.
history-held = Ce produit est suspendu.
history-held-text = Rien n’en est commandé tant que vous n’avez pas regardé ce qui a changé et ne l’avez pas remis en vente.
history-check = Interroger AliExpress maintenant
history-relist = Le remettre en vente
history-costs = Coût unitaire
history-variants = Variantes
history-no-cost = AliExpress n’a donné aucun coût
history-no-cost-text = Dès qu’il en donne un, il apparaît ici.
history-since = Depuis
history-title = Ce qui s’est passé
notice-policies-chosen = La suite donnée aux changements est enregistrée. Elle vaut dès la prochaine vérification.
notice-repaired = La variante choisie est vendue désormais, et les commandes de celle qui a disparu sont des commandes de celle-ci.
notice-unsold = La variante n’est plus vendue.
notice-checked = AliExpress vient d’être interrogé. Ce qui a changé est ci-dessous.
notice-relisted = Le produit est de nouveau en vente et peut être commandé.
deed-watch-policies = Suite donnée aux changements choisie
deed-sku-replaced = Variante disparue remplacée
deed-priced-by-hand = Prix fixé à la main
deed-priced-by-rules = Prix rendu aux règles
deed-rule-created = Règle de prix créée
deed-rule-changed = Règle de prix modifiée
deed-rule-default = Règle de prix par défaut choisie
deed-rule-deleted = Règle de prix supprimée
deed-rate-set = Taux de change saisi
deed-rate-removed = Taux de change retiré
deed-import-started = Import lancé
deed-import-cancelled = Import arrêté
deed-import-resumed = Import repris

## Le catalogue

products-nav-label = Parties de Produits
products-nav-find = Trouver
products-nav-catalogue = Catalogue
products-nav-prices = Prix
products-nav-imports = Importations
to-catalogue-title = Votre catalogue
to-catalogue-text = Dans le catalogue, un produit et les variantes que vous vendez gardent leurs coûts, reçoivent vos prix et peuvent être exportés vers votre boutique.
to-catalogue-button = Ajouter au catalogue
to-catalogue-again = Mettre le catalogue à jour
to-catalogue-choose = Certaines variantes seulement
to-catalogue-choose-help = Cochez les variantes que vous voulez vendre. Sans aucune coche, elles le sont toutes.
to-catalogue-more = Vendre d’autres variantes
to-catalogue-more-help = Les variantes cochées sont vendues désormais, en plus de celles qui le sont déjà.
to-catalogue-there = Ce produit est dans votre catalogue :
catalogue-labels = Étiquettes
catalogue-labels-help = Des noms à vous, séparés par une virgule. Vingt au plus.
notice-catalogue-added = Le produit est dans le catalogue.
notice-catalogue-updated = Le produit était déjà dans le catalogue. Il montre maintenant ce qu’AliExpress indique aujourd’hui.
notice-catalogue-saved = Le produit est enregistré.
notice-catalogue-removed = Le produit n’est plus dans le catalogue.
catalogue-title = Catalogue
catalogue-answer-none = Le catalogue est vide.
catalogue-answer-held = { $count ->
    [one] { $count } produit attend votre décision.
   *[other] { $count } produits attendent votre décision.
}
catalogue-answer-well = { $count ->
    [one] { $count } produit dans le catalogue.
   *[other] { $count } produits dans le catalogue.
}
catalogue-empty = Rien n’est encore dans le catalogue
catalogue-empty-text = Trouvez un produit, ouvrez-le et choisissez « Ajouter au catalogue ». Pour en ajouter beaucoup, ouvrez « Importations ».
catalogue-find = Trouver des produits
catalogue-none-here = Aucun produit de ce genre dans le catalogue
catalogue-none-here-text = Utilisez moins de mots, ou retirez une condition.
catalogue-everything = Tout afficher
catalogue-search = Mots, numéro, étiquette ou votre propre code
catalogue-search-button = Rechercher
catalogue-label = Étiquette
catalogue-availability = Chez AliExpress
catalogue-any = Indifférent
catalogue-by-state = Produits par état
catalogue-all = Tous
catalogue-listed = En vente
catalogue-held = Retenu
catalogue-unpublished = Non publié
availability-on-sale = Vendu
availability-not-found = N’existe plus
availability-not-sold-here = Non vendu vers la destination
availability-not-for-app = Fermé à cette application
availability-offline = Retiré de la vente
catalogue-product = Produit
catalogue-state = État
catalogue-variants = Variantes
catalogue-of = { $sold } sur { $all }
catalogue-in-stock = en stock : { $count }
catalogue-cost = Coût
catalogue-price = Votre prix
catalogue-no-price = Sans prix
hand-badge = Fixé à la main
hand-low = Rapporte trop peu
hand-least = au moins { $price }
hand-title = Un prix fixé à la main
hand-text = Les règles de prix n’y touchent plus, jusqu’à ce que vous le leur rendiez. S’il rapporte moins que le minimum de la règle, il est fixé tout de même, et le tableau ci-dessus le signale.
hand-variant = Variante
hand-amount = Prix, par exemple 12.90
hand-currency = Devise, celle de votre règle ou de vos autres prix
hand-set = Fixer ce prix
hand-leave = Le rendre aux règles
catalogue-unpriced = sans prix : { $count }
catalogue-several = plusieurs devises
catalogue-asked = AliExpress interrogé
catalogue-more = Produits plus anciens
export-title = Emporter le catalogue dans un fichier
export-text = Le fichier contient les produits choisis ci-dessus. Celui d’une boutique contient les variantes qui peuvent être vendues : celles qui ont un prix dans la devise choisie ici.
export-currency = Devise de la boutique
export-jsonl = Lignes JSON
export-csv = CSV
export-shopify = Shopify
export-woocommerce = WooCommerce
export-as = Télécharger au format
catalogue-back = Catalogue
catalogue-source-title = Titre chez AliExpress
catalogue-shop = Boutique
catalogue-market = Coûts pour
catalogue-added = Au catalogue depuis
catalogue-refresh = Interroger AliExpress à nouveau
catalogue-live = Livraison et prix du jour
catalogue-edit = Ce qui vous appartient
catalogue-edit-text = Interroger AliExpress à nouveau n’y change rien.
catalogue-your-title = Votre titre
catalogue-rule = Règle de prix
catalogue-rule-default = La règle par défaut
catalogue-rule-help = Les prix restent tels quels jusqu’à ce qu’une simulation soit appliquée sous « Prix ».
catalogue-own-code = Votre code
catalogue-sold = Vendue
catalogue-sell = Vendre
catalogue-gone = AliExpress ne la nomme plus
catalogue-save = Enregistrer
catalogue-remove = Retirer du catalogue…
catalogue-remove-title = Retirer « { $title } » du catalogue ?
catalogue-remove-text = Disparaissent avec lui :
catalogue-remove-prices = votre titre, vos étiquettes, vos codes et vos prix
catalogue-remove-history = son historique
catalogue-remove-shop = Rien ne change dans votre boutique ni chez AliExpress. Les commandes restent.
catalogue-remove-confirm = Le retirer
catalogue-remove-keep = Le garder
form-detail = Plus précisément :
problem-not-sold = AliExpress ne vend pas ceci vers la destination.
fix-not-sold = Choisissez une autre destination ou un autre produit.
problem-overtaken = La situation n’est plus celle que cette page montrait.
fix-overtaken = Regardez à nouveau la page : ce qui était voulu est déjà fait, ou autre chose s’y oppose.

## Les prix

notice-rule-saved = La règle est enregistrée. Les prix restent tels quels jusqu’à ce qu’une simulation soit appliquée.
notice-rule-deleted = La règle est supprimée. Les prix restent tels quels.
notice-rate-saved = Le taux est enregistré. Les prix restent tels quels jusqu’à ce qu’une simulation soit appliquée.
notice-rate-removed = Le taux est retiré. Les prix restent tels quels.
notice-price-set = Le prix est fixé. Les règles de prix n’y touchent plus.
notice-price-left = Le prix est rendu aux règles. Il reste tel quel jusqu’à ce qu’une simulation soit appliquée.
notice-prices-applied = Les prix sont en vigueur. Le prochain export les contient.
prices-title = Prix
prices-answer-none = Il n’y a pas encore de règle de prix : les produits n’ont donc pas de prix.
prices-answer-no-default = { $count ->
    [one] { $count } règle de prix, et aucune par défaut.
   *[other] { $count } règles de prix, et aucune par défaut.
}
prices-answer-well = Les produits sans règle propre reçoivent leur prix de « { $name } ».
rules-title = Règles de prix
rules-empty = Aucune règle
rules-empty-text = Une règle dit ce qui s’ajoute à un coût : un montant, un pourcentage, ou les deux, par paliers ; quelle marge est le minimum ; et comment les prix se terminent.
rule-new = Créer une règle
rule-name = Nom
rule-what = Ce qu’elle fait
rule-default = Par défaut
rule-cost = coût
rule-percent = { $percent } %
rule-up-to = jusqu’à { $amount } : { $what }
rule-above = au-delà : { $what }
rule-least-profit = gagne au moins { $amount }
rule-least-margin = marge d’au moins { $percent }
rule-ends = arrondi au-dessus : multiple de { $every } plus { $ending }
rule-title-new = Une nouvelle règle de prix
rule-title = Règle de prix « { $name } »
rules-back = Prix
rule-name-help = Son nom dans les listes et les fichiers. Au plus 80 caractères.
rule-currency = Devise des prix
rule-currency-help = Un coût dans une autre devise est converti avec le taux que vous avez saisi.
rule-steps = Ce qui s’ajoute au coût
rule-steps-help = Une seule ligne sans fin suffit. Pour des paliers, indiquez des coûts croissants et laissez vide la fin de la dernière ligne. Les nombres s’écrivent avec une virgule ou un point : 2,50. Les lignes vides ne comptent pas.
rule-step = Palier
rule-step-end = Pour les coûts jusqu’à
rule-step-percent = Pourcentage ajouté
rule-step-plus = Montant ajouté
rule-least = Le minimum que rapporte une vente
rule-min-profit = Montant
rule-min-margin = Pourcentage du prix
rule-least-help = Quand les paliers donnent moins, le prix monte jusqu’à respecter les deux. Vide : pas de minimum.
rule-rounding = Comment les prix se terminent
rule-every = Écart entre deux prix
rule-ending = Terminaison
rule-rounding-help = 1 et 0.99 donnent 4,99, 5,99, etc. ; 0.05 et 0 donnent ce qui se paie en pièces. Les prix sont toujours arrondis au-dessus. Vide : tous les montants de la devise.
rule-make-default = L’utiliser pour les produits sans règle propre
rule-save = Enregistrer la règle
rule-delete = Supprimer cette règle
rule-delete-text = Une règle que des produits ont comme règle propre ne peut pas être supprimée ; donnez-leur-en d’abord une autre. Les prix restent tels quels.
rule-delete-ask = Supprimer…
rule-delete-confirm = Supprimer définitivement
dry-run-title = Voir ce qui changerait
dry-run-text = Une simulation montre chaque prix avant et après, avec sa marge avant livraison et taxes. Rien ne change tant que vous ne l’appliquez pas.
dry-run-rule = Fixer les prix selon
dry-run-own = Sa propre règle, sinon celle par défaut
dry-run-rule-help = Une règle choisie ici devient celle des produits quand vous appliquez la simulation.
dry-run-words = Seulement ceux-ci (mots, numéro, code)
dry-run-button = Montrer ce qui changerait
rates-title = Taux de change
rates-text = C’est vous qui les saisissez ; aucun n’est cherché ailleurs. Chaque simulation indique le taux, sa source et sa date.
rates-empty = Aucun taux n’est saisi
rates-empty-text = Aucun n’est nécessaire tant que coûts et prix sont dans la même devise.
rate-pair = Taux
rate-is = 1 { $from } = { $rate } { $to }
rate-source = Source
rate-by-operator = Saisi à la main
rate-by-gateway = AliExpress
rate-at = Depuis
rate-from = Une unité de
rate-to = vaut en
rate-number = Nombre
rate-help = Avec un point, par exemple 0.92. Il remplace celui qui existe.
rate-save = Saisir le taux
rate-remove = Retirer
run-title = Simulation
run-answer = { $count ->
    [one] { $count } prix changerait.
   *[other] { $count } prix changeraient.
}
run-answer-none = Aucun prix ne changerait.
run-answer-applied-none = Le calcul a été appliqué ; chaque prix suivait déjà les règles, aucun n’a changé.
run-answer-applied = { $count ->
    [one] { $count } prix a été mis en vigueur.
   *[other] { $count } prix ont été mis en vigueur.
}
run-answer-moved = Rien n’a changé : quelque chose n’est plus comme cette simulation le montrait.
run-made = Faite
run-applied = Appliquée
run-of = Produits examinés
run-variants = Variantes vendues
run-unchanged = Prix inchangés
run-problems = Variantes sans prix
run-rule = Prix selon
run-apply = Mettre ces prix en vigueur
run-apply-text = Tous, exactement comme ici, ou aucun si un coût, un prix, un taux ou une règle a changé entre-temps.
run-meant = Quels produits
run-meant-all = Tout le catalogue
run-named = { $count ->
    [one] 1 produit, désigné par son identifiant
   *[other] { $count } produits, désignés par leurs identifiants
}
run-found = trouvés par « { $words } »
run-again = Refaire la simulation
run-to-export = Aller au catalogue et exporter
run-lines = Changements et problèmes
run-nothing = Tous les prix sont déjà conformes aux règles
run-nothing-text = Il n’y a rien à appliquer.
run-before = Prix actuel
run-after = Nouveau prix
run-margin = Marge avant livraison
run-why = Pourquoi
run-next = Lignes suivantes
run-rate = 1 { $from } = { $rate } { $to }, { $source }, { $when }
run-by-rule = selon « { $name } »
run-no-cost = AliExpress n’indique aucun coût. Interrogez-le à nouveau sur la page du produit.
run-no-rule = Aucune règle ne s’applique. Choisissez-en une, ou définissez-en une par défaut.
run-no-rate = Saisissez ce que vaut un { $from } en { $to }.
run-impossible = Le coût est inférieur à zéro ou trop grand.
run-zero = La règle le donnerait pour rien.
run-none = Pas de nouveau prix
run-moved = { $count ->
    [one] { $count } ligne n’est plus comme elle a été montrée.
   *[other] { $count } lignes ne sont plus comme elles ont été montrées.
}
run-moved-text = Aucun prix n’a changé. Refaites la simulation, regardez-la, puis appliquez-la.
run-shown = Montré :
run-now = Maintenant :
run-not-sold = n’est plus vendue
run-keeps = reste
run-by-hand = Prix fixés à la main
run-kept = Gardé, fixé à la main

## Importer beaucoup de produits

notice-import-started = L’importation a commencé. Elle continue seule, même si cette page est fermée.
notice-import-cancelled = L’importation est arrêtée. Ce qui a été importé reste dans le catalogue.
notice-import-resumed = L’importation continue.
imports-title = Importations
imports-answer-none = Rien n’est en cours d’importation.
imports-answer-running = { $count ->
    [one] { $count } importation est en cours.
   *[other] { $count } importations sont en cours.
}
imports-start = Importer beaucoup de produits
imports-text = Numéros et liens, ou un fichier CSV
imports-text-help = Un numéro de produit ou un lien AliExpress par ligne ; ou collez un fichier CSV, dont la première ligne nomme les colonnes : product et, si vous voulez, skus, labels et rule. Jusqu’à 10 000 produits à la fois.
imports-labels-help = Données à tous. Séparées par une virgule.
imports-rule-help = Pour ceux dont la ligne n’en nomme pas.
imports-button = Importer
imports-problems = { $count ->
    [one] Rien n’a commencé : { $count } ligne est inutilisable.
   *[other] Rien n’a commencé : { $count } lignes sont inutilisables.
}
imports-problems-text = Corrigez-les ici et renvoyez le tout.
imports-line = Ligne
imports-column = Colonne
imports-wrong = Ce qui ne va pas
imports-known = Importations précédentes
imports-empty = Aucune importation
imports-empty-text = Collez des numéros ou des liens ci-dessus, ou choisissez un fichier. Un seul produit s’ajoute sur sa propre page.
import-what = Importation
import-state = État
import-progress = Avancement
import-failed-lines = Échecs
import-started = Début
import-running = En cours
import-resting = En pause
import-done = Terminée
import-done-partly = Terminée en partie
import-cancelled = Arrêtée
import-of = { $done } sur { $all }
import-older = Importations plus anciennes
imports-back = Importations
import-of-day = Importation du { $when }
import-answer-running = Produits dans le catalogue : { $done } sur { $all }.
import-answer-done = { $count ->
    [one] { $count } produit est dans le catalogue.
   *[other] { $count } produits sont dans le catalogue.
}
import-answer-failed = { $count ->
    [one] { $count } produit n’a pas pu être importé.
   *[other] { $count } produits n’ont pas pu être importés.
}
import-answer-cancelled = Arrêtée. Produits dans le catalogue : { $done } sur { $all }.
import-no-more = Pourquoi la sélection s’arrête là
import-goes-on = Elle reprend { $when }.
import-cancel = Arrêter l’importation
import-resume = La reprendre
import-retry = Réessayer les échecs
import-lines = Produits de cette importation
import-all-lines = Tous
import-line-waiting = En attente
import-line-imported = Importé
import-line-failed = Échec
import-no-lines = Aucun produit dans cet état
import-no-lines-text = Choisissez un autre état ci-dessus.
import-number = Produit
import-outcome = Résultat
import-attempts = { $count ->
    [one] { $count } essai
   *[other] { $count } essais
}
import-open = Ouvrir dans le catalogue
import-more-lines = Produits suivants
imports-feed = Importer une sélection
imports-feed-name = Sélection d’AliExpress
imports-most = Au plus
imports-feed-button = Importer la sélection
imports-feed-help = Ses produits sont d’abord trouvés, page par page, puis importés un par un. Sans nombre sous « Au plus », tous le sont, jusqu’à 10 000.
import-answer-finding = { $count ->
    [one] { $count } produit de la sélection trouvé jusqu’ici.
   *[other] { $count } produits de la sélection trouvés jusqu’ici.
}
import-ended = Fin
file-label = Ou un fichier de cet ordinateur
file-help = CSV ou texte en UTF-8, au plus { $most } Kio. Un fichier choisi compte, et le texte ci-dessus ne compte pas.

## Marché, coût rendu, images et affiliation

market-words = { $country } · { $currency } · titres : { $language }
market-language = Titres en
market-button = Retenir
market-chosen = Retenu pour vous, sur toutes les pages de produits.
market-usual = Selon la configuration. Ce que vous choisissez ici est retenu pour vous.
market-address = Pour cette page seulement. Ce que vous choisissez ici est retenu pour vous.
notice-market-chosen = Destination, devise et langue sont retenues.
nav-picture = Par image
nav-affiliate = Affiliation
landed-unit = Prix unitaire
landed-goods = Marchandise
landed-charges = Taxes et droits d’importation
landed-charges-not-named = AliExpress n’en indique pas pour cette destination ; la douane peut en demander à la livraison.
landed-rate = Conversion
landed-margin = Marge
landed-percent = { $percent } %
landed-loss = Perte
landed-no-rate-short = pas de taux pour { $from }
landed-no-rate = Aucun taux de { $from } vers { $to }. Saisissez-en un : smartlinks catalogue rates set { $from } { $to } TAUX
rate-by-aliexpress = AliExpress donne lui-même les montants en { $currency }
rate-entered = { $one } = { $worth }, saisi par un opérateur
selling-price = Votre prix unitaire
selling-rule = selon la règle « { $name } »
selling-under-rule = Ce qu’il serait à ce coût
selling-dry-run = Essai
selling-no-cost = Aucun : AliExpress n’indique pas de coût.
selling-no-rule = Aucun : aucune règle de prix ne s’applique. Choisissez une règle par défaut.
selling-impossible = Aucun : ce coût ne permet aucun calcul.
selling-zero = Aucun : la règle donne un prix nul.
picture-title = Recherche par image
picture-answer-start = Montrez une image de ce que vous cherchez.
picture-answer-none = Ce n’est pas une image.
picture-answer-too-large = L’image est trop lourde.
picture-answer-nothing = Rien ne lui ressemble, destination { $country }.
picture-answer-found = { $count ->
    [one] { $count } produit lui ressemble, pour ce pays : { $country }.
   *[other] { $count } produits lui ressemblent, pour ce pays : { $country }.
}
picture-label = Image
picture-button = Chercher ce qui ressemble
picture-help = JPEG, PNG, WebP ou GIF, jusqu’à 700 Ko. Elle est envoyée à AliExpress et n’est pas conservée.
picture-start-title = Rien à montrer pour le moment
picture-start-text = Choisissez une image : une photo du produit seul, sur un fond uni, donne les meilleurs résultats.
picture-none-title = Le fichier n’est pas une image JPEG, PNG, WebP ou GIF
picture-none-text = Choisissez un autre fichier, ou enregistrez d’abord l’image en JPEG.
picture-too-large-title = { $count } octets sont transmis au plus
picture-too-large-text = Réduisez l’image, par exemple à 1 000 pixels de large, et choisissez-la de nouveau.
picture-nothing-title = AliExpress ne trouve rien qui lui ressemble
picture-nothing-text = Essayez une image plus nette ou une autre destination, ou cherchez avec des mots.
affiliate-title = Programme d’affiliation
affiliate-links = Liens
affiliate-hot = Produits en vogue
affiliate-orders = Commissions
affiliate-answer-start = Créez des liens suivis qui rapportent une commission.
affiliate-answer-trouble = Cela n’a pas fonctionné.
affiliate-answer-made = { $count ->
    [one] { $count } lien créé sur { $all }.
   *[other] { $count } liens créés sur { $all }.
}
affiliate-not-permitted = L’application n’a pas l’autorisation nécessaire.
affiliate-permission = Le groupe d’autorisations « Affiliate API » manque
affiliate-permission-text = La personne qui exploite SmartLinks en fait la demande dans la console AliExpress (openservice.aliexpress.com), parmi les autorisations de l’application. Il faut un compte du programme d’affiliation, ouvert sur portals.aliexpress.com.
affiliate-tracking = Identifiant de suivi
affiliate-tracking-help = Du portail d’affiliation : il indique qui a gagné la commission.
affiliate-sources = Numéros de produits ou adresses AliExpress
affiliate-sources-help = Un par ligne, jusqu’à 1 000.
affiliate-hot-links = Liens du programme des produits en vogue, mieux rémunéré
affiliate-button = Créer les liens
affiliate-start-title = Pas encore de liens
affiliate-start-text = Collez des produits ci-dessus. Chaque ligne reçoit son lien, ou la raison de son absence.
affiliate-source = Produit ou adresse
affiliate-result = Résultat
affiliate-link = Lien suivi
affiliate-all-links = Tous les liens en texte
affiliate-none = Pas de lien
affiliate-not-aliexpress = Ni numéro de produit ni adresse AliExpress : la ligne n’a pas été envoyée.
affiliate-no-answer = AliExpress n’a donné ni lien ni raison. Réessayez.
hot-answer = { $count ->
    [one] { $count } produit en vogue.
   *[other] { $count } produits en vogue.
}
hot-words = Mots, ou rien pour tous
hot-product = Produit
hot-no-link = Donnez un identifiant de suivi
hot-none = Aucun produit en vogue ne correspond
hot-none-text = Essayez d’autres mots ou une autre destination.
commission-rate = Commission
commissions-answer = { $count ->
    [0] Aucune commission sur cette période.
    [one] { $count } ligne de commande sur cette période.
   *[other] { $count } lignes de commande sur cette période.
}
commission-from = Du (UTC)
commission-until = Au
commission-state = Commandes
commission-paid = Payées : la commission est estimée
commission-received = Reçues par l’acheteur
commission-settled = Réglées : la commission est versée
commission-invalid = Annulées : remboursées ou refusées
commission-button = Afficher
commission-help = 31 jours au plus à la fois. Les montants sont ceux d’AliExpress, au centime près ; il n’indique pas de fuseau horaire pour la création.
commission-none = Aucune ligne de commande sur cette période et dans cet état
commission-none-text = Choisissez une autre période ou un autre état.
commission-buyer-paid = Payé par l’acheteur
commission-earned = Commission
commission-created = Créée

## Passer des commandes

new-order-title = Nouvelle commande
new-order-answer-start = Vérifiez d’abord : rien n’est commandé avant que vous ayez vu le total.
new-order-answer-troubles = { $count ->
    [one] Un point empêche la commande. Rien n’a été commandé.
   *[other] { $count } points empêchent la commande. Rien n’a été commandé.
}
new-order-answer-placeable = Rien n’empêche la commande. Elle coûte { $total }.
new-order-answer-failed = Rien n’a été commandé.
new-order-answer-unknown = On ne sait pas si la commande a été passée.
new-order-unknown-text = Quelque chose a échoué ici, peut-être après la demande à AliExpress. Renvoyez ce même formulaire : il commande au plus une fois et dit alors ce qu’il en est. N’en commencez pas un autre avant d’avoir regardé la liste :
new-order-answer-refused = AliExpress a refusé la commande. Rien n’a été commandé.
new-order-refused-text = Corrigez ce qui est nommé, puis vérifiez à nouveau la commande.
new-order-record = La trace de ce refus
new-order-answer-changed = Quelque chose a changé depuis votre vérification. Rien n’a été commandé ; vérifiez à nouveau.
new-order-answer-sent-before = Ce formulaire a déjà été envoyé. Rien n’a été commandé une seconde fois.
new-order-sent-before-text = Le résultat du premier envoi figure dans la liste. Commander maintenant crée une autre commande.
new-order-wanted = Ce qui est commandé
new-order-more-lines = D’autres produits
new-order-product = Numéro ou lien du produit
new-order-sku = Numéro de variante (SKU)
new-order-expected = Prix unitaire attendu, USD
new-order-memo = Message au vendeur
order-line-number = Ligne { $number }
delivery-cheapest = La moins chère
address-title = Adresse de livraison
address-more = Numéros fiscaux et d’identité, si le pays les demande
address-contact-person = Destinataire
address-street = Rue et numéro
address-flat = Appartement, étage
address-zip = Code postal
address-city = Ville
address-province = Province ou région
address-phone-country = Indicatif, par exemple +33
address-mobile = Numéro de mobile
address-full-name = Nom complet, s’il diffère
address-tax-number = Numéro fiscal
address-cpf = CPF (Brésil)
address-rut = RUT (Chili)
address-vat = Numéro de TVA
address-tax-company = Société, pour les taxes
address-passport = Numéro de passeport ou fiscal
address-passport-date = Passeport valable jusqu’au
address-passport-office = Passeport délivré par
address-foreigner-number = Numéro d’étranger
address-national = Adresse nationale (Arabie saoudite)
address-foreigner = Le destinataire y est étranger
advice-proposed = Proposé : { $proposed }
advice-missing = Ce champ est nécessaire.
advice-length = La longueur n’est pas celle que les règles du pays acceptent.
advice-two-names = Prénom et nom sont nécessaires, séparés par une espace.
advice-digits = Des chiffres uniquement, autant qu’en ont les numéros du pays.
advice-tax-number = Le numéro n’a pas le nombre de chiffres des numéros du pays.
advice-start = Le numéro ne commence pas comme ceux de ce pays.
advice-not-other = Le vrai nom est nécessaire : « Other » est refusé.
advice-latin = Le transporteur n’imprime que des lettres latines.
advice-province = Ceci n’est pas dans la liste d’AliExpress pour ce pays.
advice-city = Ceci n’est pas dans la liste d’AliExpress pour cette province.
advice-spelling = Envoyé tel qu’AliExpress l’écrit.
guard-title = Limites de cette commande
guard-text = Rien n’est commandé si l’une d’elles est dépassée. Un champ vide ne compte pas. Les commandes se paient en USD.
guard-max-total = Total maximal, USD
guard-max-total-help = Articles, livraison, taxes et frais d’importation réunis.
guard-max-drift = Hausse de prix maximale, %
guard-max-drift-help = Au-dessus du prix attendu de chaque ligne.
guard-max-days = Délai de livraison maximal, jours
guard-min-margin = Marge minimale, %
guard-min-margin-help = Du prix auquel les produits ont été vendus.
guard-sale-price = Vendu, USD
guard-no-limit = Aucune limite fixée
guard-passes = { $found } ; la limite est { $limit }
guard-stops = { $found } arrête la commande ; la limite est { $limit }
pay-title = Paiement
pay-at-once = Demander à AliExpress de payer aussitôt (compte et application doivent y être autorisés)
check-button = Vérifier la commande
check-help = Interroge AliExpress sur les produits, le stock, la livraison, l’adresse et les prix. Ne commande rien.
accept-button = Reprendre les orthographes proposées et vérifier
preview-title = Aperçu de la commande
preview-recipient = Destinataire
check-again = Vérifier à nouveau
place-same = Renvoyer le même formulaire
preview-stock = { $count } en stock
line-instead-of = Envoyée à la place de la variante { $sku }, qu’AliExpress ne propose plus, comme choisi sous Changements.
preview-drift = { $drift } % par rapport au prix attendu
preview-goods = Produits
preview-charges = Taxes et droits d’importation, s’ils ne sont pas dans le prix
preview-freight = Livraison
preview-total = Total à payer
checks-title = Vérifications
check-connection = Connexion
check-goods = Produits et variantes
check-goods-good = Toujours vendus, vers ce pays
check-goods-bad = Quelque chose n’est plus vendu
check-stock = Stock
check-stock-good = Suffisant pour tout
check-stock-bad = Insuffisant
check-stock-unknown = AliExpress n’indique pas les quantités restantes
check-delivery = Livraison
check-delivery-good = Proposée, sans délai indiqué
check-delivery-days = { $days ->
    [one] Proposée, { $days } jour au plus
   *[other] Proposée, { $days } jours au plus
}
check-delivery-bad = Non proposée telle que demandée
check-address = Adresse
check-address-good = Telle qu’AliExpress la veut
check-address-advice = Acceptée ; des conseils figurent près des champs
check-address-bad = AliExpress la refuserait ; voir les champs
check-total = Total
check-total-unknown = Une partie en est inconnue
check-total-customs = { $total }. AliExpress n’indique ni taxes ni frais pour cette destination ; la douane peut en demander à la livraison.
place-button = Passer la commande
place-pays = Le paiement est demandé à AliExpress aussitôt.
place-does-not-pay = Elle se paie ensuite, sur sa page chez AliExpress.
place-once = Appuyer deux fois ne commande qu’une fois.
trouble-product = Ni un numéro de produit ni l’adresse d’un produit : { $found }
trouble-short-link = Seul AliExpress sait où mène un lien court. Ouvrez-le et collez l’adresse de la page du produit.
trouble-sku = Pas un numéro de variante : il figure sur la page du produit, des chiffres uniquement.
trouble-quantity = Un nombre de 1 à 9999 est attendu.
trouble-number = Pas un nombre : { $found }. Écrivez 12.50 ou 12,50, sans séparateur de milliers.
trouble-days = Un nombre entier de jours est attendu.
trouble-no-lines = Indiquez au moins un produit.
trouble-drift-without-price = La limite de hausse demande un prix attendu dans chaque ligne.
trouble-margin-without-price = La marge minimale demande le prix de vente des produits.
trouble-margin-range = Moins de 100 % est attendu.
trouble-product-gone = AliExpress ne vend plus ce produit. Choisissez-en un autre.
trouble-not-sold = AliExpress ne vend pas ce produit dans ce pays. Choisissez un autre produit, ou un autre pays.
trouble-product-refused = AliExpress refuse de renseigner sur ce produit. Regardez sa page, ou choisissez-en un autre.
trouble-delivery-refused = AliExpress refuse d’y livrer ce produit. Choisissez un autre produit, ou un autre pays.
trouble-sku-held = Cette variante a disparu et attend que vous en choisissiez une autre. Choisissez-la sous Changements, puis commandez.
trouble-product-held = Ce produit est suspendu. Regardez ce qui a changé sous Changements et remettez-le en vente, puis commandez.
trouble-promotion-limit = Moins de pièces sont vendues à ce prix. Commandez-en moins, ou choisissez une autre variante.
trouble-charges-unknown = AliExpress indique des taxes ou des frais dans une autre monnaie que celle du paiement : les limites de total et de marge ne peuvent pas être tenues. Choisissez un autre produit, ou laissez ces limites vides.
trouble-sku-gone = Le produit n’a plus cette variante. Revoyez-le et choisissez-en une.
trouble-out-of-stock = Quantité demandée : { $limit } ; en stock : { $found }. Commandez-en moins, ou une autre variante.
trouble-price-unknown = AliExpress n’a pas donné de prix en USD, le total est donc inconnu. Réessayez plus tard.
trouble-delivery-not-offered = Cette livraison n’est pas proposée pour ce pays et cette quantité. Choisissez-en une autre.
trouble-freight-unknown = AliExpress n’indique pas le prix de cette livraison. Choisissez-en une autre.
trouble-no-delivery = Rien n’est livré vers ce pays. Choisissez un autre produit.
trouble-max-total = La commande coûte { $found } ; { $limit } au plus sont permis. Changez la commande ou la limite.
trouble-drift = Une pièce coûte { $found } au lieu de { $limit } : plus que la hausse permise. Changez la commande ou la limite.
trouble-delivery-days = Délai de livraison annoncé, en jours : { $found } ; limite : { $limit }. Choisissez une autre livraison ou changez la limite.
trouble-min-margin = La marge est de { $found } % ; { $limit } % au moins sont demandés. Changez la commande ou la limite.
intents-title = Commandes passées d’ici
intents-heading = Ce qu’elles sont devenues
intents-none = Aucune commande n’a encore été passée d’ici.
intents-well = Aucune n’attend de décision de votre part.
intents-awaiting = { $count ->
    [one] Une commande attend que vous vérifiiez si elle existe.
   *[other] { $count } commandes attendent que vous vérifiiez si elles existent.
}
intents-awaiting-more = Plus de { $count } commandes attendent que vous vérifiiez si elles existent.
intents-empty-text = Passez-en une par le bouton ci-dessus, par l’API ou avec smartlinks orders place.
intents-none-here = Aucune n’est dans cet état
intent-wanted = Demandé
intent-more = { $count ->
    [one] et un autre produit
   *[other] et { $count } autres produits
}
intent-changed = Dernier changement
intent-title = Commande passée d’ici
back-to-intents = Commandes passées d’ici
intent-placing = En cours d’envoi
intent-placed = Passée et payée
intent-unpaid = Créée, non payée
intent-refused = Non commandée
intent-unknown = Recherche en cours
intent-awaiting = En attente de votre réponse
intent-placing-next = Elle est envoyée, ou le sera dès que l’incident sera passé. Ne la commandez pas à nouveau.
intent-placed-next = Le vendeur va l’expédier ; elle est suivie ici.
intent-unpaid-next = Payez-la sur sa page chez AliExpress, avant qu’AliExpress la ferme.
intent-refused-next = Rien n’a été commandé. Corrigez la cause et passez une nouvelle commande.
intent-unknown-next = On recherche sous son propre numéro si une commande existe. Ne la commandez pas à nouveau.
intent-awaiting-next = Seule une personne peut dire si une commande existe. Regardez sur le site d’AliExpress, puis dites-le ci-dessous.
intent-next-look = Prochaine recherche { $when }.
intent-detail = La raison précise :
intent-orders = Commandes chez AliExpress
intent-our-number = Notre numéro
intent-our-number-text = Le seul jamais envoyé pour cette commande.
intent-sent = Envoyée
intent-sent-times = { $count ->
    [one] une fois
   *[other] { $count } fois
}
intent-pays = Demandé à AliExpress aussitôt
intent-pays-by-hand = À la main, sur sa page chez AliExpress
intent-written = Enregistrée
reason-payment-failed = AliExpress n’a pas pu encaisser le paiement.
reason-payment-not-asked = Le paiement n’a pas été demandé.
reason-repeated = AliExpress dit que cette commande est déjà passée, mais pas sous quel numéro.
reason-refused-after-unknown = AliExpress l’a refusée après un premier envoi sans réponse.
reason-window-over = Le jour où l’on pouvait redemander sans risque est passé.
reason-request-unreadable = Ce qui devait être envoyé n’est plus lisible.
reason-account-changed = La connexion a maintenant un autre compte.
reason-other-intent = La commande trouvée appartient à une autre de cette liste.
reason-checks-failed = Les vérifications avant l’envoi l’ont arrêtée.
reason-not-sent-in-time = Elle n’a pas pu être envoyée à temps.
reason-decided-not-placed = Quelqu’un a constaté qu’il n’y a pas de commande.
reason-decided-placed = Quelqu’un a trouvé la commande.
reason-matched = Elle a été trouvée parmi les commandes connues.
reason-dearer = Elle coûte maintenant plus que ce que permettent ses limites.
reason-created-after-end = AliExpress a nommé la commande après son abandon ici.
reason-order-closed = AliExpress a fermé ou annulé la commande.
reason-paid = Elle a été payée sur AliExpress.
reason-partly-closed = Elle a été payée, et AliExpress en a fermé ou annulé une partie.
reason-no-stock = AliExpress n’a pas pu réserver le stock.
decide-title = Qu’est-elle devenue ?
decide-text = Regardez les commandes de ce compte sur le site d’AliExpress. Dites ensuite laquelle des deux réponses est vraie.
decide-exists = La commande existe
decide-exists-means = Elle est lue chez AliExpress et doit être de cette connexion. Elle est ensuite suivie comme les autres.
decide-may-be = { $id } : commandée après cet envoi, avec les mêmes produits
decide-number = Numéro de commande ; avec plusieurs boutiques, un pour chacune
decide-exists-button = Elle existe
decide-none = Il n’y a pas de commande
decide-none-means = Celle-ci finit comme non commandée, et vous pouvez la repasser. Si une commande existe malgré tout, vous payez deux fois.
decide-none-button = Il n’y en a pas…
not-placed-title = Il n’y a pas de commande chez AliExpress ?
not-placed-ends = Cette commande finit comme non commandée ; plus rien n’est recherché.
not-placed-again = Vous pouvez ensuite en passer une nouvelle.
not-placed-risk = Si AliExpress a tout de même créé la commande, le client reçoit les produits deux fois et vous payez deux fois.
not-placed-candidates = Regardez d’abord celles-ci, ce peut être l’une d’elles : { $numbers }
not-placed-confirm = Il n’y a pas de commande
not-placed-keep = Regarder encore
notice-order-decided = Ce que la commande est devenue est enregistré.
notice-order-sent-before = Ce formulaire a déjà été envoyé. Voici ce qu’il en est.
action-order-this = Commander
event-order-stuck = Commande à regarder
alert-unpaid = Bientôt trop tard pour payer
alert-unpaid-fix = AliExpress ferme une commande qui n’est pas payée à temps. Ouvrez-la et payez-la, ou laissez-la.
alert-not-shipped = Payée, non expédiée
alert-not-shipped-fix = Le vendeur tarde. Écrivez-lui sur la page de la commande, ou annulez-la là-bas.
alert-no-movement = Sans nouvelles du colis
alert-no-movement-fix = Le transporteur n’a rien signalé depuis des jours. Regardez le suivi ; sur la page de la commande, un litige peut être ouvert tant que la protection dure.
attention-orders = { $count ->
    [one] Une commande :
   *[other] { $count } commandes :
}
orders-answer-alerts = { $count ->
    [one] Une commande n’avance plus et demande un coup d’œil.
   *[other] { $count } commandes n’avancent plus et demandent un coup d’œil.
}
orders-search-label = Chercher par numéro de commande, le nôtre ou celui du colis
orders-not-found = Aucune commande connue n’a ce numéro
orders-not-found-text = Saisissez le numéro entier. Une commande inconnue ici peut être ajoutée ci-dessus.

deed-market-chosen = Marché choisi
deed-market-forgotten = Marché oublié

batch-title = Commandes à partir d’un fichier
batch-answer-start = Choisissez un fichier ou collez-le ; il est d’abord examiné, et rien n’est commandé.
batch-answer-unreadable = { $count ->
    [one] Un point est illisible. Rien du fichier n’a été commandé.
   *[other] { $count } points sont illisibles. Rien du fichier n’a été commandé.
}
batch-answer-ready = { $count ->
    [one] Une commande est lisible. Rien n’est encore commandé.
   *[other] { $count } commandes sont lisibles. Rien n’est encore commandé.
}
batch-answer-going = Lignes faites : { $done } sur { $count }.
batch-answer-stopped = Arrêté à une ligne non commandée. Lignes faites : { $done } sur { $count }.
batch-answer-done = Toutes les lignes du fichier sont faites.
batch-progress-title = Avancement
batch-done-of = { $done } sur { $count }
batch-line = Ligne du fichier
batch-order = Commander les lignes suivantes, à partir de la ligne { $line }
batch-once = Chaque ligne est commandée une fois, même si vous corrigez le fichier et le renvoyez : c’est ainsi que reprend un envoi interrompu.
batch-mend = Corrigez les lignes ici, ou choisissez le fichier corrigé, puis examinez-le à nouveau. Ce qui est déjà commandé ne l’est pas une seconde fois.
batch-earlier = Déjà commandé, { $when } ; rien de nouveau n’est commandé.
batch-otherwise = La même variante a été commandée pour ce destinataire { $when }, avec une différence. Rien de nouveau n’est commandé.
batch-answer-changed = Quelque chose a changé depuis l’examen. Rien de plus n’a été commandé ; vérifiez à nouveau.
batch-file-title = Le fichier
batch-file = CSV avec un en-tête ; chaque ligne est une commande
batch-file-help = Séparé par des virgules, points-virgules ou tabulations ; montants en USD. Il faut product, sku, quantity, country, contact_person, address, city et province. Par exemple :
batch-go-on = Continuer quand une ligne ne peut pas être commandée
batch-look = Examiner le fichier

## Pourquoi une saisie est inutilisable
wrong-short-link = { $a } ne fait que renvoyer vers un produit. Ouvrez-le dans un navigateur et prenez l’adresse obtenue.
wrong-other-page = { $a } est une page d’AliExpress, mais pas celle d’un produit.
wrong-product = { $a } n’est ni un numéro de produit ni l’adresse d’un produit.
wrong-variant = { $a } n’est pas le numéro d’une variante.
wrong-empty = C’est vide.
wrong-long = C’est plus long que { $a } caractères.
wrong-control = Un retour à la ligne ou un autre caractère non imprimable s’y trouve.
wrong-comma = { $a } contient une virgule, qui sépare les étiquettes.
wrong-labels = { $a } étiquettes, c’est trop : un produit en a au plus { $b }.
wrong-currency = { $a } n’est pas une devise. Écrivez trois lettres, par exemple EUR.
wrong-currency-code = Écrivez une devise en trois lettres, par exemple EUR.
wrong-same-currency = Les deux devises sont la même.
wrong-rate = { $a } n’est pas un taux. Écrivez un nombre supérieur à 0, au plus { $b }, avec { $c } décimales au plus.
wrong-rule-margin = Écrivez de 0 à 95 % du prix.
wrong-rounding = L’écart entre deux prix doit dépasser zéro, et leur terminaison lui être inférieure.
wrong-steps = Une règle compte de 1 à 50 paliers.
wrong-percent = Écrivez de 0 à 10 000 %, avec 4 décimales au plus.
wrong-rising = Les fins des paliers doivent croître, et le dernier n’en a pas.
wrong-amount = Écrivez un montant de 0 à 1 000 000 000, avec { $a } décimales au plus.
wrong-money = Écrivez un montant de 0 à 1 000 000 000.
wrong-missing = Il manque quelque chose : { $a }.
wrong-rule-name = Une autre règle s’appelle { $a }.
wrong-many-rules = Il y a déjà { $a } règles. Supprimez-en une qui ne sert pas.
wrong-rule-used = Des produits ont la règle { $a } comme la leur : { $b }. Donnez-leur-en d’abord une autre.
wrong-applied = Il a déjà été appliqué. Faites un nouveau calcul à blanc.
wrong-overtaken = Quelqu’un d’autre le modifie en ce moment. Regardez à nouveau.
wrong-feed-empty = Elle ne contient aucun produit pour cette destination en ce moment.
wrong-feed = Il n’y a pas de sélection { $a }.
wrong-feed-name = Choisissez une sélection.
wrong-between = { $a } n’est pas entre { $b } et { $c }.
wrong-whole = { $a } n’est pas un nombre entier.
wrong-encoding = Des caractères ne sont pas en UTF-8. Enregistrez le fichier au format « CSV UTF-8 ».
wrong-file-large = Le fichier dépasse { $a } Kio. Faites-en plusieurs.
wrong-column-twice = Cette colonne s’y trouve deux fois.
wrong-column-missing = Cette colonne manque.
wrong-column = { $a } n’est pas une colonne de ce fichier.
wrong-cells = Elle a { $a } cellules, et l’en-tête { $b }. Une cellule qui contient un séparateur se met entre guillemets.
wrong-twice = La ligne { $a } nomme déjà ce produit.
wrong-many-products = { $a } produits, c’est trop : au plus { $b }.
wrong-many-orders = { $a } commandes, c’est trop : au plus { $b }.
wrong-no-product = Aucun produit n’est nommé.
wrong-no-order = Aucune commande ne suit l’en-tête.
wrong-no-rule = Il n’y a pas de règle de prix { $a }.
wrong-quantity = { $a } n’est pas un nombre entier de 1 à 9999.
wrong-quantity-range = Écrivez un nombre entier de 1 à 9999.
wrong-yes-no = { $a } n’est ni yes ni no.
wrong-days = { $a } n’est pas un nombre entier de jours.
wrong-number = { $a } n’est pas un nombre ici. Écrivez 12.50 ou 12,50, sans devise ni séparateur de milliers.
wrong-country = Écrivez le pays en deux lettres majuscules, par exemple FR.
wrong-address-long = { $a } a plus de { $b } caractères, ou un caractère non imprimable.
wrong-memo = Écrivez 256 caractères au plus, tous imprimables.
wrong-drift = Écrivez 0 % ou plus.
wrong-drift-price = Chaque ligne demande un expected_price auquel comparer.
wrong-margin = Écrivez 0 % ou plus, et moins de 100.
wrong-margin-price = La marge minimale demande le prix de vente.
wrong-threshold = { $a } n’est pas un nombre de 0 à 10 000.
wrong-many-variants = Il y a plus de { $a } variantes ou produits. Prenez-en une partie, par exemple par une étiquette.
wrong-other-intent = Cette commande est issue d’une autre demande.
wrong-order-numbers = Écrivez le numéro de la commande, ou un par boutique.
wrong-order-number = { $a } n’est pas un numéro de commande AliExpress : il compte environ 16 chiffres.
wrong-decimal = Pas un nombre. Écrivez des chiffres, avec un point avant les décimales, par exemple 12.50.
wrong-spoilt = Un tableur l’a abrégé : donnez à la colonne le format « texte » et saisissez à nouveau.
wrong-step = Palier { $number }
