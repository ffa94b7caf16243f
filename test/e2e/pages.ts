// Addresses of the pages, in the order of the sidebar.
export const pagePaths = [
  ...['/', '/activity', '/usage', '/clients', '/models', '/routes', '/policies', '/playground', '/settings'],
] as const;
