import type { JSX } from 'hono/jsx/dom/jsx-runtime'

type Props = {
  /** Unique in the page. */
  name: string
  legend: string
  choices: readonly number[]
  value: number
  format(value: number): string
  picture(props: { value: number; share: number }): JSX.Element
  onChoose(value: number): void
}

/** One quantity to choose, as a row of small pictures: radio buttons for keyboard and screen reader. */
export const ChoiceRow = ({ name, legend, choices, value, format, picture: Picture, onChoose }: Props) => {
  const largest = Math.max(...choices)
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      <div class="choice-values">
        {choices.map(choice => (
          <label key={choice} class="chip">
            <input
              type="radio"
              class="hidden"
              name={name}
              value={choice}
              checked={choice === value}
              onChange={() => onChoose(choice)}
            />
            <Picture value={choice} share={pictureShare(choice, largest)} />
            <span>{format(choice)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** By logarithm, since choices double: an eighth would be too thin to see. */
const pictureShare = (value: number, largest: number) => Math.max(0.15, 1 + Math.log2(value / largest) / 6)
