/**
 * Places by kind: a disc with the character that people know the kind by (党, 法, 医 …) and a colour for its
 * group, so that colour is never the only sign. Far out they are dots.
 *
 * @type {[kind: string, sign: string, group: 'settle' | 'party' | 'civic' | 'common'][]}
 */
export const PLACES = [
  ['service_centre', '诉', 'settle'], ['micro_court', '法', 'settle'], ['maple_station', '枫', 'settle'],
  ['party_service_centre', '党', 'party'], ['civilisation_station', '文', 'civic'],
  ['hospital', '医', 'common'], ['school', '学', 'common'], ['market', '市', 'common'],
  ['industrial_park', '园', 'common'], ['depot', '储', 'common'],
];
