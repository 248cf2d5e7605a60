/**
 * A command for a POSIX shell that asks the same. A key is named by a variable and never written out.
 * @param url of the route
 */
export function curlCommand(url: string, body: object, { hasKey }: { hasKey: boolean }): string {
  const options = [
    ...('stream' in body ? ['--no-buffer'] : []),
    "--header 'Content-Type: application/json'",
    ...(hasKey ? ['--header "Authorization: Bearer $TOOLTUNE_API_KEY"'] : []),
    `--data ${quoted(JSON.stringify(body, null, 2))}`,
  ];
  return [`curl ${quoted(url)}`, ...options].join(' \\\n  ');
}

/** Within single quotes a shell changes nothing, but they cannot hold one. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
