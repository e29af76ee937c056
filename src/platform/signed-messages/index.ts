export { signatureFaultOf, type SignatureFault, type SignedMessage } from './verification';
