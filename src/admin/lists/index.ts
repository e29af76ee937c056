export { FirstColumns } from './columns';
export { ListFormatInterceptor } from './list-format.interceptor';
export { ListOf } from './list-of.decorator';
export { PAGES, STRETCHES, WHOLE, type ListShape } from './list-shapes';
