//! Words of the login page, complete in both languages by construction.

use crate::language::Language;

/// All words of the login page.
pub(crate) struct Texts {
    pub(crate) title: &'static str,
    pub(crate) intro: &'static str,
    pub(crate) app: &'static str,
    pub(crate) returns_to: &'static str,
    pub(crate) permissions: &'static str,
    pub(crate) permission_list: [&'static str; 3],
    pub(crate) choose: &'static str,
    pub(crate) buyer: &'static str,
    pub(crate) seller: &'static str,
    pub(crate) approve: &'static str,
    pub(crate) deny: &'static str,
    pub(crate) no_password: &'static str,
    pub(crate) denied_title: &'static str,
    pub(crate) denied: &'static str,
    pub(crate) refused_title: &'static str,
    pub(crate) missing_client: &'static str,
    pub(crate) unknown_client: &'static str,
    pub(crate) response_type: &'static str,
    pub(crate) duplicate: &'static str,
    pub(crate) no_callback: &'static str,
    pub(crate) missing_callback: &'static str,
    pub(crate) bad_callback: &'static str,
    pub(crate) other_callback: &'static str,
    pub(crate) unknown_account: &'static str,
    pub(crate) not_on_whitelist: &'static str,
    pub(crate) failed: &'static str,
}

static ENGLISH: Texts = Texts {
    title: "Sign in and authorise",
    intro: "An app asks for access to a demo account.",
    app: "App key",
    returns_to: "Afterwards you return to",
    permissions: "The app may",
    permission_list: [
        "search products, prices and delivery options",
        "place orders and read them",
        "follow parcels",
    ],
    choose: "Sign in as",
    buyer: "buyer",
    seller: "seller",
    approve: "Sign in and authorise",
    deny: "Refuse",
    no_password: "Demo accounts have no password.",
    denied_title: "Not authorised",
    denied: "You refused. The app was not told: what the real page does then is not documented. You can close this page or go back.",
    refused_title: "This request cannot be answered",
    missing_client: "The address has no client_id.",
    unknown_client: "The client_id is not the app key of this sandbox.",
    response_type: "response_type must be code.",
    duplicate: "A parameter stands in the address more than once.",
    no_callback: "There is no redirect_uri, and no callback is registered.",
    missing_callback: "There is no redirect_uri, and the profile of this sandbox demands one.",
    bad_callback: "The redirect_uri is not an absolute http or https address without fragment.",
    other_callback: "The redirect_uri is not the registered callback. It must be the same to the letter.",
    not_on_whitelist: "This account is not on the whitelist of the app, so it cannot authorise it.",
    unknown_account: "There is no such demo account.",
    failed: "The sandbox could not write its state down. Nothing was authorised.",
};

static FRENCH: Texts = Texts {
    title: "Se connecter et autoriser",
    intro: "Une application demande l'accès à un compte de démonstration.",
    app: "Clé de l'application",
    returns_to: "Vous reviendrez ensuite à",
    permissions: "L'application pourra",
    permission_list: [
        "chercher des produits, des prix et des livraisons",
        "passer des commandes et les lire",
        "suivre les colis",
    ],
    choose: "Se connecter en tant que",
    buyer: "acheteur",
    seller: "vendeur",
    approve: "Se connecter et autoriser",
    deny: "Refuser",
    no_password: "Les comptes de démonstration n'ont pas de mot de passe.",
    denied_title: "Accès non autorisé",
    denied: "Vous avez refusé. L'application n'en est pas informée : ce que fait la vraie page n'est pas documenté. Vous pouvez fermer cette page ou revenir en arrière.",
    refused_title: "Cette demande ne peut pas aboutir",
    missing_client: "L'adresse ne contient pas de client_id.",
    unknown_client: "Le client_id n'est pas la clé d'application de ce bac à sable.",
    response_type: "response_type doit valoir code.",
    duplicate: "Un paramètre figure plusieurs fois dans l'adresse.",
    no_callback: "Il n'y a pas de redirect_uri et aucune adresse de retour n'est enregistrée.",
    missing_callback: "Il n'y a pas de redirect_uri et le profil de ce bac à sable l'exige.",
    bad_callback: "Le redirect_uri n'est pas une adresse http ou https absolue et sans fragment.",
    other_callback: "Le redirect_uri n'est pas l'adresse de retour enregistrée. Il doit être identique au caractère près.",
    not_on_whitelist: "Ce compte n'est pas sur la liste des comptes admis par l'application : il ne peut pas l'autoriser.",
    unknown_account: "Ce compte de démonstration n'existe pas.",
    failed: "Le bac à sable n'a pas pu enregistrer son état. Rien n'a été autorisé.",
};

impl Texts {
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
        }
    }
}
