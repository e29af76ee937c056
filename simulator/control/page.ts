export const PAGE = '<!doctype html><title>T store simulator</title>';
