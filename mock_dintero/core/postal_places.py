"""The biggest towns of the Nordic countries by postal code; what is not in here stays blank.

A row is a range of codes and the place that the post writes for it.
"""

from __future__ import annotations

from functools import lru_cache

_ROWS = {
    "NO": """
        0001-1299 Oslo
        1300-1305 Sandvika
        1383-1387 Asker
        1400-1402 Ski
        1430-1432 Ås
        1440-1444 Drøbak
        1470-1471 Lørenskog
        1501-1539 Moss
        1601-1619 Fredrikstad
        1701-1726 Sarpsborg
        1751-1779 Halden
        1800-1815 Askim
        2000-2003 Lillestrøm
        2050-2053 Jessheim
        2060-2060 Gardermoen
        2201-2213 Kongsvinger
        2301-2311 Hamar
        2315-2319 Hamar
        2401-2411 Elverum
        2601-2619 Lillehammer
        2801-2819 Gjøvik
        3001-3048 Drammen
        3101-3119 Tønsberg
        3201-3249 Sandefjord
        3251-3270 Larvik
        3601-3616 Kongsberg
        3701-3747 Skien
        3901-3924 Porsgrunn
        4001-4036 Stavanger
        4301-4329 Sandnes
        4370-4372 Egersund
        4501-4517 Mandal
        4601-4639 Kristiansand S
        4790-4795 Lillesand
        4836-4849 Arendal
        4876-4879 Grimstad
        5003-5098 Bergen
        5501-5538 Haugesund
        5700-5705 Voss
        6001-6022 Ålesund
        6401-6425 Molde
        6501-6518 Kristiansund N
        7003-7052 Trondheim
        7500-7513 Stjørdal
        7600-7606 Levanger
        7713-7718 Steinkjer
        7800-7805 Namsos
        8001-8041 Bodø
        8501-8518 Narvik
        8601-8616 Mo i Rana
        9006-9024 Tromsø
        9401-9411 Harstad
        9509-9518 Alta
        9600-9610 Hammerfest
        9900-9900 Kirkenes
    """,
    "SE": """
        10000-11999 Stockholm
        12300-12399 Farsta
        13100-13199 Nacka
        13500-13599 Tyresö
        13600-13699 Haninge
        14100-14199 Huddinge
        15100-15299 Södertälje
        16400-16499 Kista
        16700-16899 Bromma
        16900-17199 Solna
        17200-17499 Sundbyberg
        17500-17799 Järfälla
        18100-18199 Lidingö
        18200-18299 Danderyd
        18300-18399 Täby
        19100-19299 Sollentuna
        20000-21599 Malmö
        22000-22799 Lund
        23100-23199 Trelleborg
        25000-25799 Helsingborg
        26100-26199 Landskrona
        26200-26299 Ängelholm
        29100-29199 Kristianstad
        30000-30599 Halmstad
        33100-33199 Värnamo
        35000-35299 Växjö
        37100-37199 Karlskrona
        39000-39499 Kalmar
        40000-41899 Göteborg
        43100-43199 Mölndal
        43200-43299 Varberg
        43400-43499 Kungsbacka
        44200-44299 Kungälv
        45100-45199 Uddevalla
        46100-46199 Trollhättan
        50000-50799 Borås
        53100-53199 Lidköping
        54100-54199 Skövde
        55000-55699 Jönköping
        58000-58799 Linköping
        60000-60399 Norrköping
        61100-61199 Nyköping
        62100-62199 Visby
        63000-63599 Eskilstuna
        65000-65699 Karlstad
        70000-70399 Örebro
        72000-72599 Västerås
        75000-75799 Uppsala
        76100-76199 Norrtälje
        78100-78199 Borlänge
        79100-79199 Falun
        80000-80699 Gävle
        83100-83199 Östersund
        85000-85499 Sundsvall
        89100-89199 Örnsköldsvik
        90000-90799 Umeå
        93100-93199 Skellefteå
        97000-97799 Luleå
        98100-98199 Kiruna
    """,
    "DK": """
        1000-1499 København K
        1500-1799 København V
        1800-1999 Frederiksberg C
        2000-2000 Frederiksberg
        2100-2100 København Ø
        2200-2200 København N
        2300-2300 København S
        2400-2400 København NV
        2450-2450 København SV
        2500-2500 Valby
        2650-2650 Hvidovre
        2750-2750 Ballerup
        2770-2770 Kastrup
        2800-2800 Kongens Lyngby
        2900-2900 Hellerup
        3000-3000 Helsingør
        3400-3400 Hillerød
        3700-3700 Rønne
        4000-4000 Roskilde
        4200-4200 Slagelse
        4300-4300 Holbæk
        4600-4600 Køge
        4700-4700 Næstved
        5000-5000 Odense C
        5700-5700 Svendborg
        6000-6000 Kolding
        6400-6400 Sønderborg
        6700-6700 Esbjerg
        7000-7000 Fredericia
        7100-7100 Vejle
        7400-7400 Herning
        7500-7500 Holstebro
        8000-8000 Aarhus C
        8200-8200 Aarhus N
        8210-8210 Aarhus V
        8600-8600 Silkeborg
        8700-8700 Horsens
        8800-8800 Viborg
        8900-8900 Randers C
        9000-9000 Aalborg
        9800-9800 Hjørring
        9900-9900 Frederikshavn
    """,
    "FI": """
        00100-00990 Helsinki
        01200-01770 Vantaa
        02100-02380 Espoo
        02600-02680 Espoo
        02700-02700 Kauniainen
        04200-04250 Kerava
        04400-04480 Järvenpää
        05800-05950 Hyvinkää
        06100-06150 Porvoo
        08100-08200 Lohja
        13100-13500 Hämeenlinna
        15100-15700 Lahti
        20100-20540 Turku
        22100-22100 Mariehamn
        24100-24260 Salo
        26100-26200 Rauma
        28100-28500 Pori
        33100-33400 Tampere
        33500-33900 Tampere
        40100-40740 Jyväskylä
        45100-45200 Kouvola
        48100-48230 Kotka
        50100-50200 Mikkeli
        53100-53850 Lappeenranta
        57100-57200 Savonlinna
        60100-60320 Seinäjoki
        65100-65380 Vaasa
        67100-67400 Kokkola
        70100-70820 Kuopio
        80100-80260 Joensuu
        87100-87250 Kajaani
        90100-90670 Oulu
        96100-96600 Rovaniemi
    """,
}  # fmt: skip

Row = tuple[str, str, str]


@lru_cache
def rows(country: str) -> tuple[Row, ...]:
    """First code, last code and place; empty for a country that is not in here."""
    found = []
    for line in _ROWS.get(country, "").strip().splitlines():
        codes, _, place = line.strip().partition(" ")
        first, _, last = codes.partition("-")
        found.append((first, last, place))
    return tuple(found)


def place_of(country: str, postal_code: str) -> str:
    """The place of a postal code; '' if it is not known."""
    code = "".join(postal_code.split())
    if not code.isdecimal():
        return ""
    for first, last, place in rows(country):
        if len(code) == len(first) and first <= code <= last:
            return place
    return ""
