// While v is held every picture is seen.
const root=document.documentElement,typing=e=>e.target.closest('input:not([type=checkbox]),textarea,select,dialog')||e.ctrlKey||e.metaKey||e.altKey
const hide=()=>root.removeAttribute('data-reveal')
addEventListener('keydown',e=>{if(e.key=='v'&&!typing(e))root.dataset.reveal=''})
addEventListener('keyup',e=>{if(e.key=='v')hide()})
addEventListener('blur',hide)
