/**
 * What makes a shell ask `kanband completion <shell> -- <words so far>` for its candidates: one a line.
 * The scripts know no command; the program answers from the same table that it parses with.
 */
export const SCRIPTS: Readonly<Record<"bash" | "zsh" | "fish", string>> = {
  bash: `_kanband() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(kanband completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _kanband kanband
`,
  zsh: `#compdef kanband
_kanband() {
  local -a candidates
  candidates=(\${(f)"$(kanband completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _kanband kanband
`,
  fish: `function __kanband_candidates
  set -l words (commandline -opc) (commandline -ct)
  kanband completion fish -- $words[2..-1] 2>/dev/null
end
complete -c kanband -f -a '(__kanband_candidates)'
`,
};
