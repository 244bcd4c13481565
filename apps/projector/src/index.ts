export { runProjector } from './projector'
