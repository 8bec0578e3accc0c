// Other words for the same fields. A shop in tests/fields/languages says "Ort", the next one "Wohnort" or "Stadt": here are
// words that its page does not use, two for a field, as shops and plug-ins of the country write them. A field in `none` is
// not the shopper's own, one in `forbidden` must never be read.

const ROWS = {
  en: `
    FirstName: Given name | Your first name
    LastName: Family name | Last name
    Email: E-mail | Your email address
    Phone: Contact number | Telephone
    Company: Business name | Company (if applicable)
    FiscalCode: VAT ID | Tax registration number
    Address1: Address | House number and street
    Address2: Apartment or unit | Building, floor
    City: Suburb / City | City/Town
    Zip: ZIP | Postal / ZIP code
    State: Province / State | State or region
    CountryCode: Country or territory | Country/Region
    none: Order reference | Loyalty card number | Referral code
    forbidden: CVC | Expiry date | Cardholder's name | PIN for your account | Social security number | Verification code | Passport number`,
  de: `
    FirstName: Rufname | Ihr Vorname
    LastName: Familienname | Zuname
    Email: E-Mail | Ihre Mailadresse
    Phone: Handynummer | Rufnummer für Rückfragen
    Company: Firmenname | Unternehmen
    FiscalCode: Umsatzsteuer-Identifikationsnummer | UID-Nummer
    Address1: Anschrift | Straße / Nr.
    Address2: Adresszeile 2 | c/o, Etage, Hinterhaus
    City: Wohnort | Stadt
    Zip: Postleitzahl | PLZ
    State: Kanton | Bundesland / Region
    CountryCode: Staat | Land
    none: Bestellnummer | Aktionscode | Wunschtext für die Grußkarte
    forbidden: Kreditkartennummer | Ablaufdatum | Sicherheitscode | Name auf der Karte | Geburtstag | Einmalpasswort | Sozialversicherungsnummer | Kontonummer`,
  fr: `
    FirstName: Votre prénom | Prénom(s)
    LastName: Nom de famille | Votre nom
    Email: Courriel | Adresse électronique
    Phone: Numéro de téléphone | Mobile
    Company: Entreprise | Nom de la société
    FiscalCode: Numéro de TVA | TVA intracommunautaire
    Address1: Rue et numéro | Adresse postale
    Address2: Bâtiment, escalier, étage | Adresse (suite)
    City: Commune | Ville
    Zip: NPA | Code postal
    State: Région | Département
    CountryCode: Pays ou région | Pays de résidence
    none: Numéro de commande | Bon de réduction | Commentaires
    forbidden: N° de carte bancaire | Date d'expiration | Code de sécurité | Nom sur la carte | Né(e) le | Code de vérification | Numéro de passeport`,
  es: `
    FirstName: Nombre de pila | Tu nombre
    LastName: Apellidos | Apellido
    Email: E-mail | Dirección de correo
    Phone: Celular | Número de teléfono
    Company: Razón social | Nombre de la empresa
    FiscalCode: NIF de empresa | RFC
    Address1: Dirección | Domicilio
    Address2: Departamento, interior | Línea de dirección 2
    City: Localidad | Municipio
    Zip: Código Postal | C. Postal
    State: Estado / Provincia | Comunidad autónoma
    CountryCode: País / Región | País de residencia
    none: Número de pedido | Código promocional | Comentarios
    forbidden: Nº de tarjeta | Vencimiento | CVV | Nombre en la tarjeta | Cumpleaños | Clave de un solo uso | Número de pasaporte | CURP`,
  pt: `
    FirstName: Nome próprio | Seu primeiro nome
    LastName: Sobrenome | Último nome
    Email: Endereço de e-mail | Correio electrónico
    Phone: Telefone celular | Número de telefone
    Company: Empresa | Nome fantasia
    FiscalCode: NIF da empresa | Inscrição no CNPJ
    Address1: Logradouro | Endereço
    Address2: Andar, bloco | Complemento de endereço
    City: Município | Cidade
    Zip: Código Postal | CEP
    State: Estado | Província
    CountryCode: País de residência | País/Região
    none: Número do pedido | Vale-presente | Observações
    forbidden: Nº do cartão | Vencimento do cartão | CVC | Titular | Aniversário | Código de confirmação | Senha de acesso | Número do passaporte`,
  it: `
    FirstName: Il tuo nome | Nome di battesimo
    LastName: Il tuo cognome | Cognome
    Email: Posta elettronica | E-mail
    Phone: Telefono | Numero di telefono
    Company: Azienda | Nome azienda
    FiscalCode: P. IVA | Numero di partita IVA
    Address1: Via e numero | Indirizzo di residenza
    Address2: Interno, piano | Indirizzo (riga 2)
    City: Località | Città
    Zip: Codice postale | CAP
    State: Regione | Prov
    CountryCode: Paese | Stato / Paese
    none: Numero d'ordine | Buono regalo | Note sull'ordine
    forbidden: Numero carta | Data di scadenza | CVV | Titolare della carta | Nato il | Codice OTP | Parola d'ordine | Numero di passaporto`,
  nl: `
    FirstName: Roepnaam | Je voornaam
    LastName: Familienaam | Je achternaam
    Email: E-mail | Mailadres
    Phone: Mobiel nummer | GSM
    Company: Naam organisatie | Bedrijf
    FiscalCode: BTW-identificatienummer | Ondernemingsnummer
    Address1: Straat en huisnummer | Adresregel 1
    Address2: Adresregel 2 | Appartement, bus
    City: Gemeente | Plaatsnaam
    Zip: Postnummer | Postcode
    State: Regio | Provincie / staat
    CountryCode: Land / regio | Kies je land
    none: Bestelnummer | Cadeaubon | Cadeaubericht
    forbidden: Creditcardnummer | Geldig tot | CVC-code | Naam op kaart | Geboren op | Eenmalige code | Rijksregisternummer`,
  pl: `
    FirstName: Twoje imię | Imię
    LastName: Twoje nazwisko | Nazwisko
    Email: Email | Poczta elektroniczna
    Phone: Telefon kontaktowy | Nr telefonu
    Company: Firma | Nazwa przedsiębiorstwa
    FiscalCode: Numer NIP | NIP firmy
    Address1: Adres | Ulica i nr
    Address2: Adres cd. | Nr lokalu, piętro
    City: Miejscowość | Miasto
    Zip: Kod poczt. | Kod pocztowy
    State: Stan / województwo | Region
    CountryCode: Kraj / region | Państwo
    none: Numer zamówienia | Kupon | Treść życzeń
    forbidden: Nr karty | Termin ważności | Kod zabezpieczający | Właściciel karty | Urodziny | Numer dowodu osobistego | Kod autoryzacyjny | Numer rachunku bankowego`,
  ro: `
    FirstName: Prenumele tău | Prenume
    LastName: Numele tău de familie | Nume
    Email: E-mail | Poștă electronică
    Phone: Număr de telefon | Telefon
    Company: Numele companiei | Societate
    FiscalCode: Cod fiscal | Cod unic de înregistrare
    Address1: Adresa completă | Strada și numărul
    Address2: Detalii adresă (bloc, etaj) | Apartament
    City: Orașul | Oraș / Localitate
    Zip: Cod ZIP | Codul poștal
    State: Județ / Sector | Regiune
    CountryCode: Țară / Regiune | Țara de rezidență
    none: Număr comandă | Cupon | Mesaj cadou
    forbidden: Numărul cardului | Expiră la | CVV | Titular card | Ziua de naștere | Cod numeric personal | Cod unic primit prin SMS | Seria și numărul buletinului`,
  cs: `
    FirstName: Křestní jméno | Vaše jméno
    LastName: Vaše příjmení | Příjmení
    Email: E-mailová adresa | Váš e-mail
    Phone: Telefonní číslo | Mobil
    Company: Firma | Společnost
    FiscalCode: DIČ (VAT) | Daňové identifikační číslo
    Address1: Adresa | Ulice, č. p.
    Address2: Adresa 2 | Byt, patro
    City: Obec | Město / obec
    Zip: Poštovní směrovací číslo | PSČ
    State: Kraj | Okres / kraj
    CountryCode: Stát | Země / region
    none: Číslo objednávky | Dárkový poukaz | Vzkaz k dárku
    forbidden: Číslo platební karty | Platnost karty | CVC | Jméno na kartě | Narozeniny | Číslo občanského průkazu | Jednorázový kód`,
  tr: `
    FirstName: Adınız | İsim
    LastName: Soyadınız | Soyisim
    Email: E-posta | E-mail adresiniz
    Phone: Telefon | GSM numarası
    Company: Şirket adı | Firma adı
    FiscalCode: Vergi no | Vergi kimlik numarası
    Address1: Adres satırı 1 | Cadde / Sokak
    Address2: Adres satırı 2 | Daire, kat
    City: Şehir | Kent
    Zip: Posta kodu | ZIP kodu
    State: Eyalet | Bölge
    CountryCode: Ülke / Bölge | Ülke seçin
    none: Sipariş numarası | Hediye çeki | Hediye notu
    forbidden: Kredi kartı numarası | Geçerlilik tarihi | CVV | Kart sahibi | Doğum günü | TC kimlik numarası | Tek kullanımlık şifre | Parola`,
  sv: `
    FirstName: Ditt förnamn | Tilltalsnamn
    LastName: Ditt efternamn | Efternamn
    Email: E-post | Mejladress
    Phone: Telefonnummer | Mobiltelefon
    Company: Företagsnamn | Bolag
    FiscalCode: Momsregistreringsnummer | VAT-nummer
    Address1: Adress | Gata och nummer
    Address2: Adressrad 2 | Våning, lägenhet
    City: Stad | Postort
    Zip: Postnr | Postkod
    State: Län | Region
    CountryCode: Land/region | Välj land
    none: Ordernummer | Presentkort | Hälsning på kortet
    forbidden: Kortets nummer | Utgångsdatum | CVC | Namn på kortet | Född | Verifieringskod | Passnummer`,
  da: `
    FirstName: Dit fornavn | Fornavn(e)
    LastName: Dit efternavn | Efternavn
    Email: E-mail | Mailadresse
    Phone: Telefonnummer | Mobilnummer
    Company: Firma | Virksomhed
    FiscalCode: CVR-nr. | Momsnummer
    Address1: Adresse | Vej og husnummer
    Address2: Adresselinje 2 | Lejlighed, etage
    City: Bynavn | By
    Zip: Postnummer | Postnr
    State: Region | Stat / provins
    CountryCode: Land/område | Vælg land
    none: Ordrenummer | Gavekort | Kommentar
    forbidden: Kortets nummer | Udløb (MM/ÅÅ) | CVC | Navn på kortet | Fødselsdag | Personnummer | Bekræftelseskode | Kodeord`,
  nb: `
    FirstName: Ditt fornavn | Fornavn
    LastName: Ditt etternavn | Slektsnavn
    Email: E-postadresse | Epost
    Phone: Telefon | Telefonnummer
    Company: Firmanavn | Selskap
    FiscalCode: Org.nr. | MVA-nummer
    Address1: Adresse | Gate og husnummer
    Address2: Adresselinje 2 | Leilighetsnummer
    City: Sted | By
    Zip: Postnr. | Postkode
    State: Fylke | Delstat
    CountryCode: Land/region | Velg land
    none: Ordrenummer | Gavekort | Hilsen
    forbidden: Kortets nummer | Utløper (MM/ÅÅ) | CVV | Kortholders navn | Bursdag | Personnummer | Bekreftelseskode`,
  fi: `
    FirstName: Etunimesi | Kutsumanimi
    LastName: Sukunimesi | Sukunimi
    Email: Sähköpostiosoite | Sähköpostiosoitteesi
    Phone: Puhelin | Matkapuhelin
    Company: Yritys | Yhtiön nimi
    FiscalCode: ALV-numero | Yrityksen Y-tunnus
    Address1: Osoite | Katu ja talon numero
    Address2: Osoitteen lisätiedot | Huoneisto, kerros
    City: Paikkakunta | Kaupunki
    Zip: Postinro | Postinumero
    State: Maakunta | Osavaltio
    CountryCode: Maa / alue | Valitse maa
    none: Tilausnumero | Lahjakortti | Viesti kauppiaalle
    forbidden: Korttinumero | Vanhenemispäivä | CVC | Nimi kortissa | Syntymäpäivä | Kertakäyttökoodi | Passin numero | Tilinumero`,
  el: `
    FirstName: Το όνομά σας | Μικρό όνομα
    LastName: Το επώνυμό σας | Επίθετο
    Email: Ηλεκτρονικό ταχυδρομείο | Διεύθυνση email
    Phone: Τηλέφωνο επικοινωνίας | Αριθμός τηλεφώνου
    Company: Εταιρεία | Όνομα εταιρείας
    FiscalCode: Α.Φ.Μ. | Αριθμός φορολογικού μητρώου
    Address1: Διεύθυνση | Οδός και αριθμός
    Address2: Διεύθυνση 2 | Διαμέρισμα
    City: Πόλη / Περιοχή | Δήμος
    Zip: ΤΚ | Ταχ. κώδικας
    State: Περιφέρεια | Νομός / Περιφέρεια
    CountryCode: Χώρα / Περιοχή | Επιλέξτε χώρα
    none: Αριθμός παραγγελίας | Δωροκάρτα | Σημειώσεις
    forbidden: Αριθμός πιστωτικής κάρτας | Λήξη κάρτας | CVV | Κάτοχος κάρτας | Γενέθλια | Κωδικός επιβεβαίωσης | ΑΜΚΑ | Αριθμός διαβατηρίου`,
  ru: `
    FirstName: Ваше имя | Имя
    LastName: Ваша фамилия | Фамилия
    Email: E-mail | Адрес электронной почты
    Phone: Контактный телефон | Номер телефона
    Company: Компания | Организация
    FiscalCode: ИНН организации | Налоговый номер
    Address1: Адрес | Улица, дом
    Address2: Корпус, квартира | Адрес (строка 2)
    City: Населенный пункт | Город / посёлок
    Zip: Почтовый код | Почтовый индекс
    State: Регион | Область / край
    CountryCode: Страна / регион | Выберите страну
    none: Номер заказа | Подарочный сертификат | Пожелания
    forbidden: Номер банковской карты | Действительна до | CVV/CVC | Имя держателя карты | День рождения | Код подтверждения | СНИЛС | Номер счёта`,
  bg: `
    FirstName: Собствено име | Вашето име
    LastName: Фамилно име | Вашата фамилия
    Email: Електронна поща | E-mail
    Phone: Телефонен номер | Мобилен телефон
    Company: Фирма | Компания
    FiscalCode: ДДС номер | Идент. № по ДДС
    Address1: Улица и номер | Адрес, ред 1
    Address2: Апартамент, етаж | Адрес, ред 2
    City: Град / село | Град
    Zip: П. код | Пощ. код
    State: Област | Регион
    CountryCode: Държава / регион | Страна
    none: Номер на поръчка | Ваучер | Бележки
    forbidden: Номер на банкова карта | Срок на валидност | CVV | Име върху картата | Рожден ден | Код за потвърждение | Номер на лична карта`,
  ar: `
    FirstName: الاسم | اسمك الأول
    LastName: الاسم الأخير | العائلة
    Email: البريد الالكتروني | عنوان البريد الإلكتروني
    Phone: رقم الموبايل | الهاتف
    Company: الشركة | اسم المؤسسة
    FiscalCode: رقم التسجيل الضريبي | رقم ضريبة القيمة المضافة
    Address1: عنوان الشارع | العنوان
    Address2: شقة، جناح، وحدة | العنوان 2
    City: البلدة / المدينة | مدينة
    Zip: الرمز البريدي / صندوق البريد | رمز البريد
    State: الولاية | المحافظة
    CountryCode: البلد | الدولة / المنطقة
    none: رقم الطلب | قسيمة شراء | رسالة الهدية
    forbidden: رقم بطاقة الائتمان | صلاحية البطاقة | CVV | الاسم على البطاقة | يوم الميلاد | كلمة السر | رقم جواز السفر | رمز لمرة واحدة`,
  he: `
    FirstName: השם הפרטי שלך | שם פרטי
    LastName: משפחה | שם המשפחה
    Email: אימייל | כתובת דוא"ל
    Phone: מספר טלפון | נייד
    Company: חברה | שם העסק
    FiscalCode: מספר עוסק | ח.פ
    Address1: רחוב ומספר | כתובת מגורים
    Address2: דירה | כתובת שורה 2
    City: ישוב | עיר מגורים
    Zip: מיקוד (7 ספרות) | מיקוד דואר
    State: מחוז | אזור
    CountryCode: ארץ | מדינה / אזור
    none: מספר הזמנה | שובר מתנה | ברכה
    forbidden: מספר כרטיס אשראי | תוקף הכרטיס | CVV | שם על הכרטיס | יום הולדת | ת.ז. | סיסמא | קוד חד פעמי`,
  hi: `
    FirstName: प्रथम नाम | दिया गया नाम
    LastName: अंतिम नाम | कुलनाम
    Email: ईमेल | ई-मेल
    Phone: फ़ोन नंबर | मोबाइल
    Company: कंपनी | व्यवसाय का नाम
    FiscalCode: जीएसटी नंबर | GST number
    Address1: गली का पता | पता पंक्ति 1
    Address2: पता पंक्ति 2 | अपार्टमेंट, फ्लैट
    City: नगर | कस्बा / शहर
    Zip: पिनकोड | डाक कोड
    State: प्रदेश | राज्य / केंद्र शासित प्रदेश
    CountryCode: देश / क्षेत्र | देश चुनें
    none: ऑर्डर नंबर | प्रोमो कोड | उपहार संदेश
    forbidden: क्रेडिट कार्ड नंबर | कार्ड की समाप्ति | CVV | कार्डधारक का नाम | जन्मदिन | ओटीपी | आधार नंबर`,
  id: `
    FirstName: Nama Depan Anda | Nama pertama
    LastName: Nama keluarga | Nama akhir
    Email: Email | Alamat surel
    Phone: Nomor telepon | No. WhatsApp / HP
    Company: Perusahaan | Nama instansi
    FiscalCode: Nomor NPWP | NPWP perusahaan
    Address1: Alamat | Nama jalan dan nomor rumah
    Address2: Alamat baris 2 | Apartemen, lantai, unit
    City: Kota | Kabupaten/Kota
    Zip: Kodepos | Kode Pos
    State: Propinsi | Wilayah / provinsi
    CountryCode: Negara / wilayah | Pilih negara
    none: Nomor pesanan | Kode promo | Ucapan
    forbidden: Nomor kartu kredit | Tanggal kedaluwarsa | CVV | Nama pemegang kartu | Ulang tahun | Kode OTP | Password | Nomor paspor`,
  vi: `
    FirstName: Tên của bạn | Tên gọi
    LastName: Họ của bạn | Họ và tên đệm
    Email: E-mail | Thư điện tử
    Phone: Điện thoại di động | SĐT
    Company: Công ty | Tên doanh nghiệp
    FiscalCode: MST công ty | Mã số thuế doanh nghiệp
    Address1: Số nhà và tên đường | Địa chỉ nhà
    Address2: Địa chỉ dòng 2 | Căn hộ, tầng
    City: Thành phố / Thị xã | Thị trấn
    Zip: Mã bưu chính | Mã zip
    State: Bang / Vùng | Tiểu bang
    CountryCode: Nước | Quốc gia / Khu vực
    none: Mã đơn hàng | Mã khuyến mãi | Lời chúc
    forbidden: Số thẻ tín dụng | Hết hạn thẻ | CVV | Họ tên trên thẻ | Sinh nhật | Mã OTP | Chứng minh nhân dân | Số hộ chiếu`,
  th: `
    FirstName: ชื่อจริง | ชื่อของคุณ
    LastName: นามสกุลของคุณ | สกุล
    Email: ที่อยู่อีเมล | อีเมล์
    Phone: โทรศัพท์ | เบอร์มือถือ
    Company: บริษัท | ชื่อกิจการ
    FiscalCode: เลขผู้เสียภาษี | Tax ID เลขประจำตัวผู้เสียภาษีอากร
    Address1: ที่อยู่ บรรทัดที่ 1 | บ้านเลขที่และถนน
    Address2: ที่อยู่ บรรทัดที่ 2 | ห้อง ชั้น อาคาร
    City: เมือง | เมือง / อำเภอ
    Zip: รหัสไปรษณีย์ | ไปรษณีย์
    State: รัฐ | จังหวัด / รัฐ
    CountryCode: ประเทศ / ภูมิภาค | เลือกประเทศ
    none: หมายเลขคำสั่งซื้อ | คูปอง | ข้อความของขวัญ
    forbidden: เลขบัตรเครดิต | บัตรหมดอายุ | CVV | ชื่อผู้ถือบัตร | วันเดือนปีเกิด | รหัสยืนยัน | เลขหนังสือเดินทาง`,
  ja: `
    FirstName: 名前(名) | お名前(名)
    LastName: 名前(姓) | 苗字
    Email: Eメール | Eメールアドレス
    Phone: 携帯電話番号 | ご連絡先電話番号
    Company: 会社名・団体名 | 法人名
    Address1: 丁目・番地・号 | 町名・番地
    Address2: 建物名 | アパート・マンション名
    City: 市区郡 | 市町村
    Zip: 郵便番号(ハイフンなし) | 郵便コード
    State: 都道府県 | 都道府県を選択
    CountryCode: 国 | 国・地域
    none: 注文番号 | ギフトカードコード | メッセージカード
    forbidden: クレジットカード番号 | カードの有効期限 | CVC | カード名義 | 誕生日 | ワンタイムパスワード | 確認コード | 口座番号`,
  ko: `
    LastName: 성 | 성(姓)
    FirstName: 이름(명) | 이름
    Email: 이메일 주소 | 전자우편
    Phone: 전화번호 | 휴대폰 번호
    Company: 회사 | 상호명
    FiscalCode: 사업자 번호 | 사업자등록 번호
    Address1: 도로명 주소 | 주소 1
    Address2: 상세 주소 | 주소 2
    City: 도시 | 시/군
    Zip: 우편 번호 | 우편번호(5자리)
    State: 도 | 시도
    CountryCode: 국가/지역 | 나라
    none: 주문번호 | 할인코드 | 선물 메시지
    forbidden: 신용카드 번호 | 만료일 | CVC | 카드 명의자 | 생일 | 일회용 비밀번호 | 여권번호 | 계좌번호`,
  "zh-CN": `
    FirstName: 名 | 名字
    LastName: 姓 | 姓氏
    Email: 电子邮件 | 邮箱
    Phone: 联系电话 | 手机
    Company: 公司 | 单位名称
    FiscalCode: 税号 | 统一社会信用代码
    Address1: 街道地址 | 地址
    Address2: 地址 2 | 公寓、单元、楼层
    City: 市 | 所在城市
    Zip: 邮编 | 邮政编码
    State: 省 | 省/直辖市
    CountryCode: 国家 | 国家/地区
    none: 订单号 | 优惠券 | 备注
    forbidden: 信用卡号 | 到期日 | CVV | 卡上姓名 | 生日 | 验证码 | 密码 | 护照号码`,
  "zh-TW": `
    FirstName: 名 | 您的名字
    LastName: 姓 | 您的姓氏
    Email: 電子郵件 | E-mail 信箱
    Phone: 聯絡電話 | 行動電話
    Company: 公司名稱 | 公司
    FiscalCode: 統編 | 公司統一編號
    Address1: 街道地址 | 詳細地址
    Address2: 樓層、室 | 地址第二行
    City: 城市 | 縣/市
    Zip: 郵遞區號 (5碼) | 郵編
    State: 省/州 | 州
    CountryCode: 國家 | 國家 / 地區
    none: 訂單編號 | 折扣碼 | 備註
    forbidden: 信用卡號碼 | 到期日 | 安全碼 | 卡片持有人姓名 | 出生日期 | 驗證碼 | 護照號碼`,
  uk: `
    FirstName: Ваше ім'я | Ім’я
    LastName: Ваше прізвище | Прізвище
    Email: E-mail | Адреса електронної пошти
    Phone: Номер телефону | Мобільний телефон
    Company: Компанія | Організація
    FiscalCode: ІПН | Податковий номер
    Address1: Адреса | Вулиця, будинок
    Address2: Квартира, під'їзд | Адреса 2
    City: Населений пункт | Місто / село
    Zip: Індекс | Поштовий код
    State: Регіон | Область / край
    CountryCode: Країна / регіон | Оберіть країну
    none: Номер замовлення | Сертифікат | Побажання
    forbidden: Номер банківської картки | Картка дійсна до | CVV | Ім'я на картці | День народження | Одноразовий код | Паспортні дані`,
  hu: `
    FirstName: Utónév | Az Ön keresztneve
    LastName: Családnév | Az Ön vezetékneve
    Email: E-mail | Email cím
    Phone: Telefon | Mobilszám
    Company: Cég neve | Vállalat
    FiscalCode: Közösségi adószám | Cég adószáma
    Address1: Utca és házszám | Lakcím
    Address2: Cím 2. sora | Lakás, lépcsőház
    City: Város | Helység
    Zip: Postai irányítószám | Ir. szám
    State: Megye / állam | Régió
    CountryCode: Ország / régió | Válasszon országot
    none: Rendelésszám | Ajándékkártya | Üzenet
    forbidden: Bankkártya száma | Kártya lejárata | CVC | Kártyán szereplő név | Születésnap | Megerősítő kód | Útlevélszám`,
  sk: `
    FirstName: Krstné meno | Vaše meno
    LastName: Vaše priezvisko | Priezvisko
    Email: E-mail | Váš e-mail
    Phone: Telefón | Mobil
    Company: Firma | Spoločnosť
    FiscalCode: IČ DPH / DIČ | Daňové číslo
    Address1: Adresa | Ulica, číslo
    Address2: Adresa 2 | Byt, poschodie
    City: Mesto / obec | Obec
    Zip: Poštové smerovacie číslo | PSČ
    State: Kraj | Okres / kraj
    CountryCode: Štát | Krajina / región
    none: Číslo objednávky | Darčeková poukážka | Odkaz
    forbidden: Číslo platobnej karty | Platí do | CVC | Meno na karte | Narodeniny | Číslo občianskeho preukazu | Jednorazový kód`,
  hr: `
    FirstName: Vaše ime | Ime
    LastName: Vaše prezime | Prezime
    Email: E-pošta | Email adresa
    Phone: Telefon | Kontakt telefon
    Company: Tvrtka | Naziv firme
    FiscalCode: PDV broj | PDV ID
    Address1: Adresa | Ulica i broj
    Address2: Adresa 2 | Stan, kat
    City: Grad | Grad / mjesto
    Zip: Poštanski broj (PBR) | Poštanski broj
    State: Regija | Županija
    CountryCode: Zemlja | Država / regija
    none: Broj narudžbe | Poklon bon | Čestitka
    forbidden: Broj kreditne kartice | Datum isteka | CVV | Vlasnik kartice | Rođendan | Jednokratni kod | Broj putovnice | Zaporka`,
};

/** `{ de: [{ label, wanted }, ...] }`: a page's fields, `which` of the two words for each. */
export function wordings(which) {
  const pages = {};
  for (const [language, rows] of Object.entries(ROWS)) {
    pages[language] = rows
      .trim()
      .split("\n")
      .flatMap((row) => {
        const [, wanted, words] = row.match(/^\s*(\w+): (.*)$/);
        const labels = words.split(" | ");
        if (wanted === "none" || wanted === "forbidden")
          return labels.filter((_, i) => i % 2 === which).map((label) => ({ label, wanted }));
        return [{ label: labels[which], wanted: `BillingDetails.${wanted}` }];
      });
  }
  return pages;
}
