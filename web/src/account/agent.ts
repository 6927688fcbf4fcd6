// What a browser calls itself, said shortly: `Mozilla/5.0 (Windows NT 10.0 …) … Chrome/126.0 …` is Chrome on Windows.
// Pure; what is not known is left as it is.

import type { Words } from './words';

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/MicroMessenger/, '微信 WeChat'],
  [/360SE|QIHU/, '360'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\/|CriOS/, 'Chrome'],
  [/Version\/.*Safari\//, 'Safari'],
  [/QGIS\//, 'QGIS'],
  [/curl\//, 'curl'],
];
const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];
const LONGEST = 40;

export function agentText(agent: string, m: Words): string {
  const of = (list: [RegExp, string][]) => list.find(([form]) => form.test(agent))?.[1];
  const [browser, system] = [of(BROWSERS), of(SYSTEMS)];
  if (browser && system) return m.a.me.agent(browser, system);
  return browser ?? system ?? (agent.slice(0, LONGEST) || m.a.me.unknownAgent);
}
