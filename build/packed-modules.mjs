// Tells electron-builder to look for no packages: those that run are bundled, and dist/app has no node_modules.

/** @returns {Promise<boolean>} `false`: node_modules are none of its business */
export default async function beforeBuild() {
  return false;
}
