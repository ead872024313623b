// What the pages gain when scripts run. Every page works without this file: each control is a plain link, button or form.
// htmx 4.0.1 does the exchanges; this file loads it, refuses stale answers, says what failed, and adds keyboard comfort.
// Nothing is stored in the browser. Whole-line comments are dropped when served (static.go).
'use strict'
{
const doc = document
const on = (name, act, capture) => doc.addEventListener(name, act, capture)
const all = (selector, root = doc) => [...root.querySelectorAll(selector)]
const byId = id => doc.getElementById(id)
const make = (tag, props) => Object.assign(doc.createElement(tag), props)

// ── the gate ── htmx needs Safari 16.4 or its equals; older phones keep plain forms.
const source = doc.querySelector('meta[name=htmx-src]')
if (source && doc.adoptedStyleSheets && window.SubmitEvent && 'submitter' in SubmitEvent.prototype) {
  doc.head.append(make('script', {src: source.content}))
}

// ── what failed, in words ── #alerte is a live region present in the first HTML.
const say = (text, label, act) => {
  const p = make('p')
  p.append(make('span', {textContent: text}))
  if (label) p.append(make('button', {type: 'button', className: 'bouton', textContent: label, onclick: act}))
  byId('alerte')?.replaceChildren(p)
}
const hush = () => byId('alerte')?.replaceChildren()

// Ask again exactly what was asked. If the control aims at something else by now, the answer had arrived after all.
const again = (element, value) => {
  const now = byId(element.id) || element
  if (now.value !== value) return hush()
  now.focus()
  if (now.matches('form')) now.requestSubmit()
  else if (now.matches('input,select')) now.dispatchEvent(new Event('change', {bubbles: true}))
  else now.click()
}
// A poll (hx-trigger="every 20s") never speaks.
const polls = ctx => ctx.sourceEvent?.type === 'every'

on('htmx:error', e => {
  const {ctx, error} = e.detail
  // without ctx it is an error of ours, already in the console
  if (!ctx?.sourceElement || polls(ctx)) return
  const element = ctx.sourceElement
  const {value} = element
  const fate = doubt => ctx.request.method === 'GET' ? '' : element.matches('.jour')
    ? ` Ce jour n’a ${doubt}pas été modifié.` : ` Votre demande n’a ${doubt}pas été enregistrée.`
  const retry = () => again(element, value)
  if (error === 'timeout' || ctx.response) say('Le serveur ne répond pas.' + fate('peut-être '), 'Actualiser', () => location.reload())
  else if (navigator.onLine) say('La connexion a été coupée.' + fate('peut-être '), 'Réessayer', retry)
  else say('Pas de réseau.' + fate(''), 'Réessayer', retry)
})
on('htmx:after:swap', e => {
  const {ctx} = e.detail
  // The server's own words arrive in #alerte by hx-status:5xx. A proxy's error page has none.
  if (ctx.response?.status >= 500 && !polls(ctx) && !byId('alerte')?.textContent.trim())
    say('Une erreur est survenue. Rien n’a été enregistré. Réessayez ; si cela continue, appelez la mairie.')
  // Another month: it is said aloud, for the arrow that was pressed now leads further.
  if (ctx.push) byId('annonce')?.replaceChildren(byId('titre-mois')?.textContent ?? '')
  // A new address (another month) and the pressed arrow is gone: the focus goes to the new title.
  if (ctx.push && doc.activeElement === doc.body) byId(ctx.target.id)?.querySelector('[tabindex="-1"]')?.focus({preventScroll: true})
})

// ── requests ──
on('htmx:config:request', e => {
  const {ctx} = e.detail
  if (!polls(ctx)) hush()
  // a hidden tab does not poll
  else if (doc.hidden) e.preventDefault()
})
const busy = value => e => {
  const {target} = e.detail.ctx
  if (target?.matches?.('[aria-busy]')) target.ariaBusy = value
}
on('htmx:before:request', busy(true))
on('htmx:finally:request', busy(false))

// ── stale answers ── data-v is the draft's version, which only grows. Of two answers that cross on the way,
// the older one must not repaint a day or the bar: each of its pieces is compared with the version it would replace.
on('htmx:before:swap', e => {
  const {tasks} = e.detail
  for (let i = tasks.length; i--;) {
    const {fragment, target, swapSpec} = tasks[i]
    const coming = fragment.firstElementChild?.dataset.v
    if (!coming || !target?.closest) continue
    const place = swapSpec.style.startsWith('outer') ? target : target.firstElementChild || target
    if (+coming < +place.closest('[data-v]')?.dataset.v) tasks.splice(i, 1)
  }
})

// ── the day's panel: a <dialog> that opens when something is swapped into it ──
let opener
on('htmx:after:settle', e => {
  const dialog = e.target
  if (!dialog.matches?.('dialog') || dialog.open) return
  opener = e.detail.task.sourceElement?.id
  dialog.showModal()
})
on('close', e => {
  if (!e.target.matches('dialog')) return
  e.target.replaceChildren()
  byId(opener)?.focus()
}, true)

// a chip half out of view comes in with the focus
on('focusin', e => {
  if (e.target.matches('.puce')) e.target.scrollIntoView({inline: 'nearest', block: 'nearest'})
})

// ── clicks ──
on('click', e => {
  const button = e.target.closest?.('[data-imprimer],[data-voir],[name=cocher]')
  if (!button) return
  // the counter: the free days of a weekday are ticked without asking the server
  if (button.name) {
    e.preventDefault()
    return all(`[data-jour="${button.value}"]`).forEach(box => { box.checked = true })
  }
  const input = byId(button.dataset.voir)
  if (!input) return print()
  const shown = input.type === 'password'
  input.type = shown ? 'text' : 'password'
  button.setAttribute('aria-pressed', shown)
})

// ── plain forms sent once ── the button is not disabled (its focus and value would be lost): the second sending is dropped.
on('submit', e => {
  const form = e.target
  all('[data-voir][aria-pressed=true]', form).forEach(b => b.click())
  if (e.defaultPrevented || !form.matches('[data-une-fois]')) return
  if (form.ariaBusy === 'true') return e.preventDefault()
  form.ariaBusy = 'true'
  // the server refuses doubles by itself; do not lock out somebody who pressed Stop
  setTimeout(() => { form.ariaBusy = null }, 15000)
})
on('pageshow', () => all('[data-une-fois]').forEach(f => { f.ariaBusy = null }))

// ── password rules, ticked while typing ──
const rules = {
  longueur: (li, value) => [...value.normalize('NFC')].length >= +li.dataset.min,
  identiques: (li, value) => value && value === byId(li.dataset.avec).value,
}
const tick = () => all('[data-regle]').forEach(li => {
  const value = byId(li.parentNode.dataset.regles).value
  li.classList.toggle('tenue', !!rules[li.dataset.regle]?.(li, value))
})
on('input', tick)

// ── keyboard ── Tab keeps its order; arrows are an extra, between the days that can be changed
const steps = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1}
const row = (element, step, selector) => {
  let tr = element.closest('tr')
  const {cellIndex} = element.closest('td')
  while ((tr = step < 0 ? tr.previousElementSibling : tr.nextElementSibling)) {
    const found = tr.cells[cellIndex]?.querySelector(selector)
    if (found) return found
  }
}
on('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return
  const {key, target} = e
  const vertical = key === 'ArrowUp' || key === 'ArrowDown'
  let to
  if (target.matches('.cal .jour')) {
    const days = all('.jour', target.closest('.cal'))
    const line = all('.jour', target.closest('tr'))
    if (vertical) to = row(target, steps[key], '.jour')
    else if (steps[key]) to = days[days.indexOf(target) + steps[key]]
    else if (key === 'Home') to = line[0]
    else if (key === 'End') to = line.pop()
  }
  if (vertical && target.matches('.mois-cases input')) to = row(target, steps[key], 'input')
  if (key.startsWith('Page') && target.matches('.cal .jour,#titre-mois')) {
    doc.querySelector(`.mois a[rel=${key === 'PageUp' ? 'prev' : 'next'}]`)?.click()
    to = target
  }
  if (!to) return
  e.preventDefault()
  to.focus()
})

// ── each time something new is on the page ──
const prepare = root => {
  all('[data-voir],[data-imprimer]', root).forEach(b => { b.hidden = false })
  // the chosen chip is in view
  all('.puce[aria-current]', root).forEach(({parentNode: line, offsetLeft}) => {
    if (offsetLeft > line.clientWidth / 2) line.scrollLeft = offsetLeft - line.offsetLeft - 48
  })
  tick()
}
on('htmx:after:process', e => prepare(e.target))
prepare(doc)
doc.querySelector('.erreurs')?.focus()
}
