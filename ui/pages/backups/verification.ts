import { html, type TemplateResult } from 'lit';
import type { Verification } from '../../../worker/protocol/backup.ts';
import '../../components/badge.ts';
import { duration, exactTime } from '../../components/format.ts';
import { VERIFICATION_NAMES, VERIFICATION_TONES } from '../../components/words.ts';

/** What the badge rests on (B5), for the hover text and for the page. */
export function verificationText(verification: Verification): string {
  switch (verification.state) {
    case 'unverified':
      return 'Not yet restored and compared. Verify it before you need it.';
    case 'verified':
      return `Restored into a scratch database and compared equal, ${exactTime(verification.at)}, in ${duration(verification.tookMs)}.`;
    case 'damaged':
      return `Found damaged ${exactTime(verification.at)}: ${verification.message}`;
  }
}

export const verificationBadge = (verification: Verification): TemplateResult =>
  html`<lk-badge tone=${VERIFICATION_TONES[verification.state]} title=${verificationText(verification)}>${VERIFICATION_NAMES[verification.state]}</lk-badge>`;
