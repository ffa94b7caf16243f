import { describe, expect, it } from 'vitest';
import { machineZoneEnd } from '../../../../../main/gateway/policies/detectors/identity.ts';
import { found } from './numbers-found.ts';

// The specimen of ICAO 9303.
const zone = 'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10';

describe('papers', () => {
  it.each([
    ['passport', 'passport number L898902C3', 'L898902C3'],
    ['passport', 'Reisepass-Nr. C01X00T47', 'C01X00T47'],
    ['passport', '护照号码 E12345678', 'E12345678'],
    ['passport', 'паспорт 4510 123456', '4510 123456'],
    ['driver_license', 'driving licence: M 969 880 482 021.', 'M 969 880 482 021'],
    ['driver_license', '{"license_number":"H050-9202-2729"}', 'H050-9202-2729'],
    ['driver_license', 'Führerschein B072RRE2I55', 'B072RRE2I55'],
    ['medical_id', 'MRN: MRN-72976330', 'MRN-72976330'],
    ['medical_id', 'MRN: P7156173', 'P7156173'],
    ['medical_id', 'health card 1234 567 890 AB', '1234 567 890 AB'],
    ['vehicle_id', 'Kennzeichen: LB-BN 3160', 'LB-BN 3160'],
    ['vehicle_id', '"plate":"3HXE328"', '3HXE328'],
    ['vehicle_id', 'plaque EG-158-BB', 'EG-158-BB'],
    ['vehicle_id', '车牌 京A12345', '京A12345'],
    ['vehicle_id', 'VIN WVWZZZ1JZ3W386752', 'WVWZZZ1JZ3W386752'],
    ['device_id', '"imei":"490154203237518"', '490154203237518'],
  ] as const)('%s is found in %j', (kind, text, value) => {
    expect(found(text)).toEqual([[kind, value]]);
  });

  it('a vehicle of North America is known by its check digit alone', () => {
    expect(found('sold 1M8GDM9AXKP042788 today')).toEqual([['vehicle_id', '1M8GDM9AXKP042788']]);
    expect(found('sold 1M8GDM9A1KP042788 today')).toEqual([]);
  });

  it.each([
    'the passport office opens at 10',
    'license: MIT',
    'patient id: null',
    'plate of food for 12 people',
    'drivers 12 and 13',
  ])('nothing is seen in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('a machine-readable zone', () => {
  it('is covered whole', () => {
    expect(found(`scan:\n${zone}\nend`)).toEqual([['passport', zone]]);
  });

  it('with a wrong check digit of the birth date is none', () => {
    expect(machineZoneEnd(zone, 0)).toBe(zone.length);
    expect(machineZoneEnd(zone.replace('7408122F', '7408123F'), 0)).toBe(-1);
  });
});
