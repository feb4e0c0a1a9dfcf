import { words } from '../words.ts'
import { BarPanel } from './bar-panel.tsx'

export const HelpPanel = ({ onClose }: { onClose(): void }) => (
  <BarPanel id="help-heading" heading={words.help.heading} onClose={onClose}>
    <dl class="help-keys">
      {words.help.keys.map(([keys, meaning]) => (
        <div key={keys}>
          <dt>{keys}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
    <p>{words.help.text}</p>
    <p class="muted">{words.help.credit}</p>
  </BarPanel>
)
