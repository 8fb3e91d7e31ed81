import { englishWords, type InterfaceWords } from '@consilium/interface';
import type { Language } from './language-name.js';
import { told } from './told.js';

const english: InterfaceWords = {
  ...englishWords,
  goToWhat: 'Page, plan or patient',
  keyList: [
    ['Ctrl K', 'Go to a page'],
    ['J, K', 'Next and previous patient'],
    ['Esc', 'Close'],
  ],
  faultHelp: 'Load the page again. If it happens again, look at the local log of the agent.',
};

const chinese: InterfaceWords = {
  skip: '跳到正文',
  where: '当前位置',
  contents: '目录',
  account: '账户',
  asSystem: '明暗随系统',
  light: '浅色',
  dark: '深色',
  loading: '正在载入',
  goToPage: '转到页面',
  goTo: '转到',
  goToWhat: '页面、方案或患者',
  keys: '快捷键',
  keyList: [
    ['Ctrl K', '转到页面'],
    ['J, K', '下一位和上一位患者'],
    ['Esc', '关闭'],
  ],
  keep: '保持不变',
  beside: '图旁',
  copyDigest: '复制摘要',
  copied: '已复制',
  notShown: '无法显示',
  fault: '页面出错。未作任何更改。',
  faultHelp: '请重新载入页面。如再次发生，请查看站点代理的本地日志。',
  suppressed: '已隐去',
  notAvailable: '无数据',
  told: (sentence) => told(sentence, 'zh'),
};

export const frameWords: Readonly<Record<Language, InterfaceWords>> = { en: english, zh: chinese };
