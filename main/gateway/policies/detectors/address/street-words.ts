/** Words of addresses by language: what numbers a flat, and the names of fields that hold an address. */

/** Flat, suite, floor and the like, with what numbers them. */
export const unitWords =
  'apt|apt\\.|apartment|suite|ste|ste\\.|unit|flat|floor|fl|room|rm|bldg|building|block|lot|no\\.|lgh|wohnung|whg\\.|etage|og|stock|top|stiege|tür|appt|appartement|bât|bâtiment|bat|étage|esc\\.|escalera|piso|planta|puerta|pta\\.|dpto\\.|depto|depto\\.|departamento|oficina|int\\.|interior|apto|apto\\.|apartamento|casa|bloco|sala|andar|interno|scala|piano|m\\.|mieszkanie|кв\\.|квартира|корп\\.|корпус|стр\\.|офис|под\\.|byt|daire|kat|kapı|blok|box|shop|level|penthouse|tower|house|phase|sector|plot|door|quận|phường|district|ward';

/** Names of fields that hold an address, without separators and in lower case. */
export const addressFields = new Set(
  `address addresses address1 address2 addressline addressline1 addressline2 line1 line2 street street1 street2 streetaddress streetaddress1 streetaddress2 streetname shippingaddress billingaddress homeaddress postaladdress mailingaddress deliveryaddress residentialaddress currentaddress permanentaddress workaddress officeaddress fulladdress customeraddress patientaddress shipto billto deliverto pickup pickupaddress dropoff dropoffaddress destination residence location addr adr label venue
  adresse anschrift strasse straße lieferadresse rechnungsadresse wohnadresse wohnanschrift postanschrift hausanschrift rue adressepostale adressedelivraison domicile direccion domicilio calle direcciondeenvio endereco logradouro morada rua indirizzo via residenza domicilio adres straat woonadres adress gatuadress hemadress osoite katuosoite adresa ulica bydliste lakcim cim adresacomplete adres adresi acikadres адрес адреса улица вулиця διεύθυνση διευθυνση οδός`
    .trim()
    .split(/\s+/),
);
