/**
 * What has bash complete by Tab. A script of our own: the library's wants the package bash-completion, which is not everywhere,
 * and evaluates what stands on the line, so that Tab would run a command in it. Matches end with `:4`; `:0` alone leaves
 * files to bash.
 */
export const bashCompletion = (
  name: string,
): string => `# Completion of ${name} in bash: source <(${name} complete bash)
_${name.replaceAll('-', '_')}() {
  local word
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    case $word in
      :0) ;;
      :*) compopt +o default ;;
      *) COMPREPLY+=("$word") ;;
    esac
  done < <(${name} complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _${name.replaceAll('-', '_')} ${name}
`;
