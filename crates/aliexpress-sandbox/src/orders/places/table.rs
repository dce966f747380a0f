//! The list itself: real names, a choice of the larger places.

use super::Province;

type Country = (&'static str, &'static [Province]);

const fn province(name: &'static str, cities: &'static [&'static str]) -> Province {
    Province { name, cities }
}

/// Provinces with their cities by country, under English or local names.
#[rustfmt::skip]
pub(super) static COUNTRIES: [Country; 45] = [
    ("US", &[
        province("California", &["Los Angeles", "San Diego", "San Francisco", "Sacramento"]),
        province("Illinois", &["Springfield", "Chicago", "Naperville", "Peoria"]),
        province("New Jersey", &["Vineland", "Newark", "Jersey City", "Trenton"]),
        province("New York", &["New York", "Buffalo", "Rochester", "Albany"]),
        province("Texas", &["Houston", "Dallas", "Austin", "San Antonio"]),
        province("Florida", &["Miami", "Orlando", "Tampa", "Jacksonville"]),
        province("Washington", &["Seattle", "Spokane", "Tacoma"]),
        province("Massachusetts", &["Boston", "Worcester", "Springfield"]),
        province("Georgia", &["Atlanta", "Savannah", "Augusta"]),
        province("Colorado", &["Denver", "Boulder", "Aurora"]),
    ]),
    ("CA", &[
        province("Alberta", &["Calgary", "Edmonton", "Red Deer"]),
        province("British Columbia", &["Vancouver", "Victoria", "Kelowna"]),
        province("Manitoba", &["Winnipeg", "Brandon"]),
        province("Nova Scotia", &["Halifax", "Sydney"]),
        province("Ontario", &["Toronto", "Ottawa", "Hamilton", "London"]),
        province("Quebec", &["Montreal", "Quebec City", "Laval", "Gatineau"]),
        province("Saskatchewan", &["Regina", "Saskatoon"]),
    ]),
    ("FR", &[
        province("Auvergne-Rhône-Alpes", &["Lyon", "Grenoble", "Saint-Étienne", "Clermont-Ferrand"]),
        province("Bourgogne-Franche-Comté", &["Dijon", "Besançon", "Belfort"]),
        province("Bretagne", &["Rennes", "Brest", "Quimper", "Lorient"]),
        province("Centre-Val de Loire", &["Tours", "Orléans", "Bourges"]),
        province("Corse", &["Ajaccio", "Bastia"]),
        province("Grand Est", &["Strasbourg", "Reims", "Metz", "Nancy"]),
        province("Hauts-de-France", &["Lille", "Amiens", "Roubaix", "Dunkerque"]),
        province("Île-de-France", &["Paris", "Versailles", "Boulogne-Billancourt", "Saint-Denis", "Créteil"]),
        province("Normandie", &["Rouen", "Le Havre", "Caen"]),
        province("Nouvelle-Aquitaine", &["Bordeaux", "Limoges", "Poitiers", "La Rochelle"]),
        province("Occitanie", &["Toulouse", "Montpellier", "Nîmes", "Perpignan"]),
        province("Pays de la Loire", &["Nantes", "Angers", "Le Mans"]),
        province("Provence-Alpes-Côte d'Azur", &["Marseille", "Nice", "Toulon", "Aix-en-Provence"]),
    ]),
    ("DE", &[
        province("Baden-Württemberg", &["Stuttgart", "Mannheim", "Karlsruhe", "Freiburg"]),
        province("Bavaria", &["Munich", "Nuremberg", "Augsburg", "Regensburg"]),
        province("Berlin", &["Mitte", "Pankow", "Neukölln"]),
        province("Hamburg", &["Altona", "Eimsbüttel", "Wandsbek"]),
        province("Hesse", &["Frankfurt", "Wiesbaden", "Kassel"]),
        province("Lower Saxony", &["Hanover", "Brunswick", "Oldenburg"]),
        province("North Rhine-Westphalia", &["Cologne", "Düsseldorf", "Dortmund", "Essen"]),
        province("Saxony", &["Leipzig", "Dresden", "Chemnitz"]),
    ]),
    ("ES", &[
        province("Andalusia", &["Seville", "Málaga", "Granada", "Córdoba"]),
        province("Aragon", &["Zaragoza", "Huesca"]),
        province("Basque Country", &["Bilbao", "San Sebastián", "Vitoria"]),
        province("Catalonia", &["Barcelona", "Girona", "Tarragona", "Lleida"]),
        province("Community of Madrid", &["Madrid", "Alcalá de Henares", "Getafe"]),
        province("Galicia", &["A Coruña", "Vigo", "Santiago de Compostela"]),
        province("Valencian Community", &["Valencia", "Alicante", "Castellón"]),
    ]),
    ("IT", &[
        province("Campania", &["Naples", "Salerno", "Caserta"]),
        province("Emilia-Romagna", &["Bologna", "Parma", "Modena"]),
        province("Lazio", &["Rome", "Latina", "Viterbo"]),
        province("Lombardy", &["Milan", "Bergamo", "Brescia", "Como"]),
        province("Piedmont", &["Turin", "Novara", "Asti"]),
        province("Sicily", &["Palermo", "Catania", "Messina"]),
        province("Tuscany", &["Florence", "Pisa", "Siena"]),
        province("Veneto", &["Venice", "Verona", "Padua"]),
    ]),
    ("GB", &[
        province("England", &["London", "Manchester", "Birmingham", "Leeds", "Bristol"]),
        province("Northern Ireland", &["Belfast", "Derry", "Lisburn"]),
        province("Scotland", &["Edinburgh", "Glasgow", "Aberdeen", "Dundee"]),
        province("Wales", &["Cardiff", "Swansea", "Newport"]),
    ]),
    ("NL", &[
        province("North Holland", &["Amsterdam", "Haarlem", "Alkmaar"]),
        province("South Holland", &["Rotterdam", "The Hague", "Leiden"]),
        province("Utrecht", &["Utrecht", "Amersfoort"]),
    ]),
    ("BE", &[
        province("Brussels", &["Brussels", "Ixelles", "Anderlecht"]),
        province("Flanders", &["Antwerp", "Ghent", "Bruges"]),
        province("Wallonia", &["Liège", "Namur", "Charleroi"]),
    ]),
    ("PT", &[
        province("Lisbon", &["Lisbon", "Sintra", "Cascais"]),
        province("Porto", &["Porto", "Vila Nova de Gaia"]),
        province("Faro", &["Faro", "Portimão"]),
    ]),
    ("PL", &[
        province("Lesser Poland", &["Kraków", "Tarnów"]),
        province("Masovia", &["Warsaw", "Radom"]),
        province("Pomerania", &["Gdańsk", "Gdynia"]),
    ]),
    ("IE", &[
        province("Connacht", &["Galway", "Sligo"]),
        province("Leinster", &["Dublin", "Kilkenny"]),
        province("Munster", &["Cork", "Limerick"]),
    ]),
    ("AT", &[
        province("Styria", &["Graz", "Leoben"]),
        province("Tyrol", &["Innsbruck", "Kufstein"]),
        province("Vienna", &["Innere Stadt", "Favoriten"]),
    ]),
    ("SE", &[
        province("Skåne", &["Malmö", "Lund"]),
        province("Stockholm", &["Stockholm", "Solna"]),
        province("Västra Götaland", &["Gothenburg", "Borås"]),
    ]),
    ("LU", &[
        province("Diekirch", &["Diekirch", "Ettelbruck"]),
        province("Luxembourg", &["Luxembourg", "Esch-sur-Alzette"]),
    ]),
    ("CH", &[
        province("Bern", &["Bern", "Biel"]),
        province("Geneva", &["Geneva", "Carouge"]),
        province("Vaud", &["Lausanne", "Montreux"]),
        province("Zurich", &["Zurich", "Winterthur"]),
    ]),
    ("UA", &[
        province("Kyiv", &["Kyiv", "Brovary"]),
        province("Lviv", &["Lviv", "Drohobych"]),
    ]),
    ("TR", &[
        province("Ankara", &["Çankaya", "Keçiören"]),
        province("Istanbul", &["Kadıköy", "Beşiktaş", "Üsküdar"]),
        province("Izmir", &["Konak", "Bornova"]),
    ]),
    ("SA", &[
        province("Al Madinah", &["Medina", "Yanbu"]),
        province("Asir", &["Abha", "Khamis Mushait"]),
        province("Eastern Province", &["Dammam", "Al Khobar", "Dhahran", "Jubail"]),
        province("Makkah", &["Jeddah", "Mecca", "Taif"]),
        province("Qassim", &["Buraydah", "Unaizah"]),
        province("Riyadh", &["Riyadh", "Al Kharj", "Diriyah"]),
    ]),
    ("AE", &[
        province("Abu Dhabi", &["Abu Dhabi", "Al Ain"]),
        province("Dubai", &["Dubai", "Hatta"]),
        province("Sharjah", &["Sharjah", "Khor Fakkan"]),
    ]),
    ("IL", &[
        province("Central District", &["Rishon LeZion", "Petah Tikva"]),
        province("Jerusalem District", &["Jerusalem", "Beit Shemesh"]),
        province("Tel Aviv District", &["Tel Aviv", "Holon"]),
    ]),
    ("BR", &[
        province("Bahia", &["Salvador", "Feira de Santana", "Ilhéus"]),
        province("Distrito Federal", &["Brasília", "Taguatinga"]),
        province("Minas Gerais", &["Belo Horizonte", "Uberlândia", "Contagem"]),
        province("Paraná", &["Curitiba", "Londrina", "Maringá"]),
        province("Pernambuco", &["Recife", "Olinda", "Caruaru"]),
        province("Rio de Janeiro", &["Rio de Janeiro", "Niterói", "Petrópolis"]),
        province("Rio Grande do Sul", &["Porto Alegre", "Caxias do Sul", "Pelotas"]),
        province("São Paulo", &["São Paulo", "Campinas", "Santos", "Ribeirão Preto"]),
    ]),
    ("MX", &[
        province("Baja California", &["Tijuana", "Mexicali", "Ensenada"]),
        province("Ciudad de México", &["Coyoacán", "Cuauhtémoc", "Iztapalapa"]),
        province("Jalisco", &["Guadalajara", "Zapopan", "Puerto Vallarta"]),
        province("Nuevo León", &["Monterrey", "San Pedro Garza García", "Apodaca"]),
        province("Puebla", &["Puebla", "Cholula", "Tehuacán"]),
        province("Yucatán", &["Mérida", "Valladolid", "Progreso"]),
    ]),
    ("CL", &[
        province("Biobío", &["Concepción", "Talcahuano"]),
        province("Región Metropolitana", &["Santiago", "Puente Alto"]),
        province("Valparaíso", &["Valparaíso", "Viña del Mar"]),
    ]),
    ("AR", &[
        province("Buenos Aires", &["La Plata", "Mar del Plata"]),
        province("Córdoba", &["Córdoba", "Villa María"]),
        province("Mendoza", &["Mendoza", "San Rafael"]),
    ]),
    ("CO", &[
        province("Antioquia", &["Medellín", "Envigado"]),
        province("Bogotá D.C.", &["Bogotá", "Suba"]),
        province("Valle del Cauca", &["Cali", "Palmira"]),
    ]),
    ("PE", &[
        province("Arequipa", &["Arequipa", "Camaná"]),
        province("Cusco", &["Cusco", "Urubamba"]),
        province("Lima", &["Lima", "Miraflores"]),
    ]),
    ("AU", &[
        province("New South Wales", &["Sydney", "Newcastle"]),
        province("Queensland", &["Brisbane", "Cairns"]),
        province("Victoria", &["Melbourne", "Geelong"]),
        province("Western Australia", &["Perth", "Fremantle"]),
    ]),
    ("NZ", &[
        province("Auckland", &["Auckland", "Manukau"]),
        province("Canterbury", &["Christchurch", "Timaru"]),
        province("Wellington", &["Wellington", "Lower Hutt"]),
    ]),
    ("KR", &[
        province("Busan", &["Haeundae-gu", "Busanjin-gu", "Suyeong-gu"]),
        province("Daegu", &["Suseong-gu", "Dalseo-gu"]),
        province("Gyeonggi-do", &["Suwon-si", "Seongnam-si", "Goyang-si", "Yongin-si"]),
        province("Incheon", &["Yeonsu-gu", "Bupyeong-gu"]),
        province("Jeju-do", &["Jeju-si", "Seogwipo-si"]),
        province("Seoul", &["Gangnam-gu", "Jongno-gu", "Mapo-gu", "Songpa-gu"]),
    ]),
    ("JP", &[
        province("Hokkaido", &["Sapporo", "Hakodate"]),
        province("Osaka", &["Osaka", "Sakai"]),
        province("Tokyo", &["Shinjuku", "Shibuya"]),
    ]),
    ("SG", &[
        province("Central Region", &["Singapore", "Queenstown"]),
        province("East Region", &["Bedok", "Tampines"]),
    ]),
    ("TH", &[
        province("Bangkok", &["Bang Rak", "Chatuchak"]),
        province("Chiang Mai", &["Chiang Mai", "San Kamphaeng"]),
        province("Phuket", &["Phuket", "Kathu"]),
    ]),
    ("VN", &[
        province("Da Nang", &["Hai Chau", "Son Tra"]),
        province("Hanoi", &["Hoan Kiem", "Ba Dinh"]),
        province("Ho Chi Minh City", &["District 1", "Thu Duc"]),
    ]),
    ("CG", &[
        province("Bouenza", &["Madingou", "Nkayi", "Loudima"]),
        province("Brazzaville", &["Brazzaville", "Bacongo", "Poto-Poto", "Moungali", "Ouenzé", "Talangaï", "Makélékélé"]),
        province("Cuvette", &["Owando", "Oyo", "Makoua"]),
        province("Kouilou", &["Loango", "Hinda", "Madingo-Kayes"]),
        province("Likouala", &["Impfondo", "Bétou"]),
        province("Niari", &["Dolisie", "Mossendjo", "Kibangou"]),
        province("Plateaux", &["Djambala", "Gamboma"]),
        province("Pointe-Noire", &["Pointe-Noire", "Lumumba", "Loandjili", "Tié-Tié"]),
        province("Pool", &["Kinkala", "Kindamba", "Boko"]),
        province("Sangha", &["Ouesso", "Sembé"]),
    ]),
    ("CD", &[
        province("Haut-Katanga", &["Lubumbashi", "Likasi"]),
        province("Kinshasa", &["Gombe", "Limete"]),
        province("North Kivu", &["Goma", "Butembo"]),
    ]),
    ("CI", &[
        province("Abidjan", &["Cocody", "Yopougon"]),
        province("Vallée du Bandama", &["Bouaké", "Katiola"]),
        province("Yamoussoukro", &["Yamoussoukro", "Attiégouakro"]),
    ]),
    ("SN", &[
        province("Dakar", &["Dakar", "Pikine"]),
        province("Saint-Louis", &["Saint-Louis", "Podor"]),
        province("Thiès", &["Thiès", "Mbour"]),
    ]),
    ("CM", &[
        province("Centre", &["Yaoundé", "Mbalmayo"]),
        province("Littoral", &["Douala", "Edéa"]),
        province("West", &["Bafoussam", "Dschang"]),
    ]),
    ("GA", &[
        province("Estuaire", &["Libreville", "Owendo"]),
        province("Haut-Ogooué", &["Franceville", "Moanda"]),
        province("Ogooué-Maritime", &["Port-Gentil", "Gamba"]),
    ]),
    ("MA", &[
        province("Casablanca-Settat", &["Casablanca", "Mohammedia"]),
        province("Marrakesh-Safi", &["Marrakesh", "Safi"]),
        province("Rabat-Salé-Kénitra", &["Rabat", "Salé"]),
    ]),
    ("DZ", &[
        province("Algiers", &["Algiers", "Hussein Dey"]),
        province("Constantine", &["Constantine", "El Khroub"]),
        province("Oran", &["Oran", "Es Senia"]),
    ]),
    ("TN", &[
        province("Sfax", &["Sfax", "Mahrès"]),
        province("Sousse", &["Sousse", "Msaken"]),
        province("Tunis", &["Tunis", "La Marsa"]),
    ]),
    ("ZA", &[
        province("Gauteng", &["Johannesburg", "Pretoria"]),
        province("KwaZulu-Natal", &["Durban", "Pietermaritzburg"]),
        province("Western Cape", &["Cape Town", "Stellenbosch"]),
    ]),
    ("NG", &[
        province("Abuja Federal Capital Territory", &["Abuja", "Gwagwalada"]),
        province("Lagos", &["Ikeja", "Lekki"]),
        province("Rivers", &["Port Harcourt", "Bonny"]),
    ]),
];

type Translations = (&'static str, &'static [(&'static str, &'static str)]);

/// French names that differ, by country.
#[rustfmt::skip]
pub(super) static FRENCH: [Translations; 28] = [
    ("US", &[
        ("California", "Californie"), ("Florida", "Floride"), ("Georgia", "Géorgie"),
    ]),
    ("CA", &[
        ("British Columbia", "Colombie-Britannique"), ("Nova Scotia", "Nouvelle-Écosse"),
        ("Quebec", "Québec"), ("Montreal", "Montréal"), ("Quebec City", "Ville de Québec"),
    ]),
    ("DE", &[
        ("Baden-Württemberg", "Bade-Wurtemberg"), ("Freiburg", "Fribourg-en-Brisgau"), ("Bavaria", "Bavière"),
        ("Augsburg", "Augsbourg"), ("Hamburg", "Hambourg"), ("Frankfurt", "Francfort"),
        ("Lower Saxony", "Basse-Saxe"), ("Hanover", "Hanovre"),
        ("North Rhine-Westphalia", "Rhénanie-du-Nord-Westphalie"), ("Saxony", "Saxe"), ("Dresden", "Dresde"),
    ]),
    ("ES", &[
        ("Andalusia", "Andalousie"), ("Seville", "Séville"), ("Granada", "Grenade"), ("Córdoba", "Cordoue"),
        ("Zaragoza", "Saragosse"), ("Basque Country", "Pays basque"), ("San Sebastián", "Saint-Sébastien"),
        ("Catalonia", "Catalogne"), ("Barcelona", "Barcelone"), ("Girona", "Gérone"),
        ("Tarragona", "Tarragone"), ("Community of Madrid", "Communauté de Madrid"), ("Galicia", "Galice"),
        ("Santiago de Compostela", "Saint-Jacques-de-Compostelle"),
        ("Valencian Community", "Communauté valencienne"), ("Valencia", "Valence"),
    ]),
    ("IT", &[
        ("Campania", "Campanie"), ("Emilia-Romagna", "Émilie-Romagne"), ("Bologna", "Bologne"),
        ("Parma", "Parme"), ("Modena", "Modène"), ("Lazio", "Latium"), ("Lombardy", "Lombardie"),
        ("Bergamo", "Bergame"), ("Piedmont", "Piémont"), ("Novara", "Novare"), ("Sicily", "Sicile"),
        ("Palermo", "Palerme"), ("Catania", "Catane"), ("Messina", "Messine"), ("Tuscany", "Toscane"),
        ("Pisa", "Pise"), ("Siena", "Sienne"), ("Veneto", "Vénétie"), ("Venice", "Venise"),
        ("Verona", "Vérone"), ("Padua", "Padoue"),
    ]),
    ("GB", &[
        ("England", "Angleterre"), ("London", "Londres"), ("Northern Ireland", "Irlande du Nord"),
        ("Scotland", "Écosse"), ("Edinburgh", "Édimbourg"), ("Wales", "Pays de Galles"),
    ]),
    ("NL", &[
        ("North Holland", "Hollande-Septentrionale"), ("South Holland", "Hollande-Méridionale"),
        ("The Hague", "La Haye"), ("Leiden", "Leyde"),
    ]),
    ("BE", &[
        ("Brussels", "Bruxelles"), ("Flanders", "Flandre"), ("Antwerp", "Anvers"), ("Ghent", "Gand"),
        ("Wallonia", "Wallonie"),
    ]),
    ("PT", &[
        ("Lisbon", "Lisbonne"),
    ]),
    ("PL", &[
        ("Lesser Poland", "Petite-Pologne"), ("Kraków", "Cracovie"), ("Masovia", "Mazovie"),
        ("Warsaw", "Varsovie"), ("Pomerania", "Poméranie"),
    ]),
    ("AT", &[
        ("Styria", "Styrie"), ("Vienna", "Vienne"),
    ]),
    ("SE", &[
        ("Gothenburg", "Göteborg"),
    ]),
    ("CH", &[
        ("Bern", "Berne"), ("Biel", "Bienne"), ("Geneva", "Genève"), ("Winterthur", "Winterthour"),
    ]),
    ("UA", &[
        ("Kyiv", "Kiev"),
    ]),
    ("SA", &[
        ("Al Madinah", "Médine"), ("Medina", "Médine"), ("Eastern Province", "Province de l'Est"),
        ("Makkah", "La Mecque"), ("Jeddah", "Djeddah"), ("Mecca", "La Mecque"), ("Riyadh", "Riyad"),
    ]),
    ("AE", &[
        ("Dubai", "Dubaï"), ("Sharjah", "Charjah"),
    ]),
    ("IL", &[
        ("Central District", "District centre"), ("Jerusalem District", "District de Jérusalem"),
        ("Jerusalem", "Jérusalem"), ("Tel Aviv District", "District de Tel-Aviv"), ("Tel Aviv", "Tel-Aviv"),
    ]),
    ("MX", &[
        ("Ciudad de México", "Mexico"),
    ]),
    ("AU", &[
        ("New South Wales", "Nouvelle-Galles du Sud"), ("Western Australia", "Australie-Occidentale"),
    ]),
    ("KR", &[
        ("Busan", "Pusan"), ("Seoul", "Séoul"),
    ]),
    ("SG", &[
        ("Central Region", "Région centrale"), ("Singapore", "Singapour"), ("East Region", "Région est"),
    ]),
    ("VN", &[
        ("Hanoi", "Hanoï"), ("Ho Chi Minh City", "Hô-Chi-Minh-Ville"),
    ]),
    ("CD", &[
        ("North Kivu", "Nord-Kivu"),
    ]),
    ("CM", &[
        ("West", "Ouest"),
    ]),
    ("MA", &[
        ("Marrakesh-Safi", "Marrakech-Safi"), ("Marrakesh", "Marrakech"),
    ]),
    ("DZ", &[
        ("Algiers", "Alger"),
    ]),
    ("ZA", &[
        ("Western Cape", "Cap-Occidental"), ("Cape Town", "Le Cap"),
    ]),
    ("NG", &[
        ("Abuja Federal Capital Territory", "Territoire de la capitale fédérale"),
    ]),
];
