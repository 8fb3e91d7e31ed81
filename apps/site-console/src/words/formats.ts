import { say } from '@consilium/charts';
import type { Language } from './language-name.js';

const two = (value: number): string => String(value).padStart(2, '0');

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Of this machine at that time: `UTC`, `+08:00`. */
function offset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? say.MINUS : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

export function dayOf(time: string, language: Language): string {
  const date = new Date(time);
  return language === 'zh' ? `${date.getFullYear()}年${date.getMonth() + 1}月${date.getDate()}日` : `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
}

/** In the time of this machine, with its offset: 23 Nov 2026, 09:41 +08:00. */
export function momentOf(time: string, language: Language): string {
  const date = new Date(time);
  return `${dayOf(time, language)}${language === 'zh' ? ' ' : ', '}${clockOf(time)} ${offset(date)}`;
}

export function clockOf(time: string): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The beginning of the reader's day, ISO 8601. */
export function startOfDay(now = new Date()): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}
