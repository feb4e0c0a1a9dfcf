/** A wait that can be cut short. */
export class Pause {
  #end = () => {}

  wait(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, milliseconds)
      this.#end = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  end() {
    this.#end()
  }
}
