export const accountsMigrations: readonly { name: string; up: string }[] = []
